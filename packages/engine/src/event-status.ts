import type { LogEvent } from "./events.ts";

const STATUS: { readonly [type: string]: string } = {
  "playbook.initialized": "STARTED",
  "workflow.initialized": "STARTED",
  "step.enter": "ENTERED",
  "step.skipped": "SKIPPED",
  "command.issued": "PENDING",
  "command.started": "STARTED",
  "ctx.updated": "CONTEXT",
  // As the rule below has them; most events are one of these.
  "command.claimed": "RUNNING",
  "call.done": "COMPLETED",
  "call.error": "FAILED",
  "command.completed": "COMPLETED",
  "command.failed": "FAILED",
  "next.evaluated": "RUNNING",
};

/** The word people read in the status column (server-api §3.3). */
export function eventStatus(event: LogEvent): string {
  const known = STATUS[event.type];
  if (known !== undefined) return known;
  if (event.type === "step.exit" || event.type === "child.completed") return event.status;
  if (/error|failed|lost/.test(event.type)) return "FAILED";
  if (/done|exit|completed/.test(event.type)) return "COMPLETED";
  return event.type.endsWith("cancelled") ? "CANCELLED" : "RUNNING";
}
