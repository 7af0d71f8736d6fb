import { readFileSync, writeSync } from "node:fs";
import { Worker } from "node:worker_threads";
import { ensureError, isNoetlError } from "@noetl/core";
import { describePlugin, loadPart } from "@noetl/sdk/plugins";
import type { ChildAnswer, ChildCall } from "./call.ts";

const ORPHAN_MS = 60_000;

/** Runs code of one plugin and ends the process, also when the plugin left something open. */
export async function runChild(): Promise<never> {
  const call = JSON.parse(readFileSync(0, "utf8")) as ChildCall;
  let answer: ChildAnswer;
  try {
    answer = { value: (await perform(call)) ?? null };
  } catch (error) {
    const hint = isNoetlError(error) ? error.hint : undefined;
    answer = { error: { message: ensureError(error).message, ...(hint !== undefined && { hint }) } };
  }
  // On a line of its own, whatever the plugin has written there.
  writeSync(3, `\n${JSON.stringify(answer)}\n`);
  process.exit(0);
}

async function perform(call: ChildCall): Promise<unknown> {
  if (call.do === "describe") {
    // Whoever asked ends it earlier, unless they were ended themselves.
    endAfter(ORPHAN_MS);
    return describePlugin(call.plugin, call.folder, call.manifest);
  }
  endAfter(call.patience_ms);
  const hook = await loadPart(call);
  if (typeof hook !== "function") throw new Error(`${call.file} exports no function`);
  await hook(call.payload);
  return undefined;
}

/** From another thread: a plugin that never gives the main one back is ended too. */
function endAfter(ms: number): void {
  const code = `setTimeout(() => process.kill(process.pid, "SIGKILL"), ${Math.floor(ms)})`;
  new Worker(code, { eval: true }).unref();
}
