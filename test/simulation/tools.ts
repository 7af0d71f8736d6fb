import type { Clock } from "@noetl/core";
import { createRegistry, noopTool, type Registry, type Tool, type ToolCall, type ToolOutcome } from "@noetl/tools";
import { fractionOf } from "./chance.ts";

/**
 * The real tools, and one of our own: `work` lasts as long and comes to what the seed and its place say, however often and
 * wherever it is run.
 */
export function simulatedTools(seed: string, failing: number, lasting: boolean): Registry {
  const work: Tool = {
    ...noopTool,
    kind: "work",
    aliases: [],
    summary: "comes to what the seed says",
    pure: false,
    execute: (call) => execute(seed, failing, lasting ? call.env.clock : undefined, call),
  };
  return createRegistry([...createRegistry().list(), work]);
}

async function execute(seed: string, failing: number, clock: Clock | undefined, call: ToolCall): Promise<ToolOutcome> {
  const { step, task, iteration, attempt } = call.env.site;
  const place = `${seed}/${step}/${task}/${iteration ?? ""}/${call.input.n ?? ""}`;
  if (clock) {
    try {
      await clock.sleep(lengthOf(fractionOf(`${place}/length`)), call.signal);
    } catch {
      // The signal's reason is the host's business.
      return { status: "error", error: { kind: "cancelled", retryable: false, message: "told to stop" } };
    }
  }
  if (fractionOf(`${place}/${attempt}/fails`) < failing) {
    return { status: "error", error: { kind: "server_error", retryable: true, message: `${step} failed` } };
  }
  const p = [0, 1, 2].map((arc) => fractionOf(`${place}/arc${arc}`) < 0.6);
  return { status: "ok", data: { p, at: iteration ?? null } };
}

/** Mostly short, now and then longer than a lease, ms. */
function lengthOf(roll: number): number {
  if (roll < 0.85) return Math.floor(roll * 400);
  if (roll < 0.97) return Math.floor((roll - 0.85) * 100_000);
  return 150_000;
}
