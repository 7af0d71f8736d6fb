import type { Json } from "@noetl/core";
import type { EventType, LogEvent, RunView } from "@noetl/engine";
import type { ExecutionSummary } from "@noetl/store";

/** Events without results: enough to tell what became of the steps of a run that is over. */
export const STATUS_EVENTS: readonly EventType[] = [
  "playbook.initialized",
  "step.enter",
  "step.skipped",
  "step.exit",
  "ctx.updated",
  "playbook.completed",
  "playbook.failed",
];

/** Status of a run that is over, without folding its whole log; `attempts` counts runs of the step. */
export function partialView(events: readonly LogEvent[], summary: ExecutionSummary): RunView {
  const steps = new Map<string, RunView["steps"][number]>();
  let ctx: { [key: string]: Json } = {};
  let result: RunView["result"];
  let failed: string[] = [];
  for (const event of events) {
    switch (event.type) {
      case "playbook.initialized":
        ctx = { ...event.ctx };
        break;
      case "step.enter":
        steps.set(event.step, { step: event.step, status: "CANCELLED", runs: event.run, attempts: event.run });
        break;
      case "step.skipped":
        steps.set(event.step, { step: event.step, status: "SKIPPED", runs: event.run, attempts: 0 });
        break;
      case "step.exit":
        steps.set(event.step, { step: event.step, status: event.status, runs: event.run, attempts: event.run });
        break;
      case "ctx.updated":
        for (const { path, value } of event.entries) assign(ctx, path, value);
        break;
      case "playbook.completed":
        result = event.result;
        break;
      case "playbook.failed":
        result = event.result;
        failed = event.failed_steps;
        break;
    }
  }
  return {
    status: summary.status,
    started_at: summary.started_at,
    ended_at: summary.ended_at,
    steps: [...steps.values()],
    ctx,
    failed_steps: failed,
    ...(result === undefined ? {} : { result }),
  };
}

function assign(target: { [key: string]: Json }, path: readonly string[], value: Json): void {
  const [head, ...rest] = path;
  if (head === undefined) return;
  if (rest.length === 0) {
    target[head] = value;
    return;
  }
  const below = target[head];
  const inner = typeof below === "object" && below !== null && !Array.isArray(below) ? { ...below } : {};
  assign(inner, rest, value);
  target[head] = inner;
}
