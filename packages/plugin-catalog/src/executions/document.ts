import type { ExecutionStatus, StepStatus } from "@noetl/client";
import { isObject, type Json } from "@noetl/core";
import { EXIT } from "@noetl/sdk";

/** An execution as commands print it, whichever server told of it. */
export interface ExecutionDocument {
  execution_id: string;
  path: string | null;
  version: string | null;
  status: string;
  current_step: string | null;
  completed_steps: string[];
  failed_steps: string[];
  steps: StepStatus[];
  started_at: string | null;
  ended_at: string | null;
  duration_seconds: number | null;
  parent_execution_id: string | null;
  error?: ExecutionError;
  result?: Json;
}

export interface ExecutionError {
  code: string;
  exit: number;
  kind?: string;
  message: string;
  step?: string;
}

export function executionDocument(status: ExecutionStatus, now: number = Date.now()): ExecutionDocument {
  const error = errorOf(status);
  const { variables: _variables, raw: _raw, error: _error, result, duration_seconds: seconds, ...rest } = status;
  return {
    ...rest,
    duration_seconds: seconds ?? secondsBetween(status.started_at, status.ended_at, now),
    ...(error && { error }),
    ...(result !== undefined && { result }),
  };
}

/** Exit code of a command that waited for the end (decision 21). */
export function exitOf(status: string): number {
  if (status === "FAILED") return EXIT.runFailed;
  return status === "CANCELLED" ? EXIT.runCancelled : EXIT.ok;
}

function errorOf({ status, error, raw, failed_steps }: ExecutionStatus): ExecutionError | undefined {
  if (status !== "FAILED" && status !== "CANCELLED") return undefined;
  const detail = isObject(raw) && isObject(raw.error_detail) ? raw.error_detail : isObject(error) ? error : {};
  const message = typeof error === "string" ? error : typeof detail.message === "string" ? detail.message : undefined;
  if (status === "CANCELLED" && message === undefined) return undefined;
  const step = typeof detail.step === "string" ? detail.step : failed_steps[0];
  return {
    code: status === "FAILED" ? "EXECUTION_FAILED" : "EXECUTION_CANCELLED",
    exit: exitOf(status),
    ...(typeof detail.kind === "string" && { kind: detail.kind }),
    message: message ?? "the server does not say why; its events may: noetl executions events",
    ...(step !== undefined && { step }),
  };
}

function secondsBetween(from: string | null, to: string | null, now: number): number | null {
  if (from === null) return null;
  const began = Date.parse(from);
  const ended = to === null ? now : Date.parse(to);
  return Number.isNaN(began) || Number.isNaN(ended) ? null : Math.max(0, (ended - began) / 1_000);
}
