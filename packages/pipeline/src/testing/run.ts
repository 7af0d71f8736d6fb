import assert from "node:assert/strict";
import type { ErrorInfo, Json } from "@noetl/core";
import type { CallDone, CallError, CallParked, Command } from "@noetl/engine";
import type { ToolDone } from "@noetl/tools";
import type { PipelineHost } from "../api.ts";
import { runCommand } from "../run/command.ts";

export const down: ErrorInfo = { kind: "server_error", retryable: true, message: "down", code: "HTTP_503" };
export const isError = "{{ output.status == 'error' }}";
export const ok = (data: Json): ToolDone => ({ status: "ok", data });
export const bad = (): ToolDone => ({ status: "error", error: down, data: null });

/** Fails `failures` times, then gives `data`. */
export function flaky(failures: number, data: Json = { n: 1 }): () => ToolDone {
  let calls = 0;
  return () => (calls++ < failures ? bad() : ok(data));
}

export async function ended(command: Command, host: PipelineHost): Promise<CallDone | CallError> {
  const report = await runCommand(command, host, new AbortController().signal);
  assert.notEqual(report.type, "call.parked", JSON.stringify(report));
  return report as CallDone | CallError;
}

export async function parked(command: Command, host: PipelineHost): Promise<CallParked> {
  const report = await runCommand(command, host, new AbortController().signal);
  assert.equal(report.type, "call.parked", JSON.stringify(report));
  return report as CallParked;
}

export async function dataOf(command: Command, host: PipelineHost): Promise<Json> {
  return (await ended(command, host)).envelope.data;
}
