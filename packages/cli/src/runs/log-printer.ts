import { stripVTControlCharacters } from "node:util";
import type { LogEvent } from "@noetl/engine";
import type { PastRun, RunInfo } from "@noetl/runner";
import type { Palette } from "@noetl/sdk";
import { clockTime } from "@noetl/sdk";
import { lineOf } from "../report/lines.ts";
import { createTracker, type Note } from "../report/tracker.ts";

/** One line of `noetl logs` as data. */
export interface LoggedLine {
  time: string;
  text: string;
}

/** Prints the lines that an event of the run makes, and returns them without colour. */
export function logPrinter(
  past: Pick<PastRun, "summary" | "view">,
  { paint, show }: { paint: Palette; show(text: string): void },
): (event: LogEvent) => LoggedLine[] {
  const { summary, view } = past;
  const info: RunInfo = {
    execution_id: summary.execution_id,
    path: summary.path,
    name: summary.name,
    file: summary.source,
    // The run that is asked for is the root of what is shown, also when another run started it.
    parent: null,
    steps: view.steps.length,
  };
  const tracker = createTracker();
  const options = { paint, color: paint.bold("x") !== "x", verbose: true, announce: true };
  return (event) => {
    const notes: Note[] = tracker.event(event, info);
    const texts = notes.map((note) => lineOf(note, options)).filter((text) => text !== undefined);
    if (event.type === "playbook.initialized") texts.push(`  ${paint.bold(event.name)}  run ${event.execution_id}`);
    if (event.type === "playbook.completed") texts.push(`  ${paint.green("COMPLETED")}`);
    if (event.type === "playbook.failed")
      texts.push(`  ${paint.red("FAILED")}  ${event.error.message} (${event.error.kind})`);
    if (event.type === "execution.cancelled") texts.push(`  ${paint.yellow("CANCELLED")}  ${event.reason}`);
    const time = clockTime(event.ts);
    for (const text of texts) show(`${paint.dim(time)}${text}`);
    return texts.map((text) => ({
      time: new Date(event.ts).toISOString(),
      text: stripVTControlCharacters(text).trim(),
    }));
  };
}
