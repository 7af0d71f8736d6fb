import type { LogEvent } from "@noetl/engine";
import { clockTime } from "@noetl/sdk";

/** Fields that stand in columns of their own, or that repeat the run. */
const SHOWN = new Set(["type", "event_id", "execution_id", "seq", "ts", "step", "run"]);

/** One event on one line: `   12  09:30:12.045  step.exit  load#1  {"status":"COMPLETED"}`. */
export function eventText(event: LogEvent): string {
  const rest = Object.fromEntries(
    Object.entries(event).filter(([key, value]) => !SHOWN.has(key) && value !== undefined),
  );
  const step =
    "step" in event && event.step !== undefined ? `  ${event.step}${"run" in event ? `#${event.run}` : ""}` : "";
  const details = Object.keys(rest).length > 0 ? `  ${JSON.stringify(rest)}` : "";
  return `${String(event.seq).padStart(5)}  ${clockTime(event.ts)}  ${event.type}${step}${details}`;
}
