import type { Palette } from "@noetl/sdk";
import type { Outcome } from "./start.ts";
import { executionText } from "./text.ts";

/** Prints what became of a start, and returns the document of it. */
export function showOutcome(
  { started, ended }: Outcome,
  { show, note, paint }: { show(text: string): void; note(text: string): void; paint: Palette },
): unknown {
  if (ended) {
    show(executionText(ended.execution, paint));
    const { result } = ended.execution;
    if (result !== undefined && result !== null)
      show(typeof result === "string" ? result : JSON.stringify(result, null, 2));
    return ended.execution;
  }
  const again = started.status === "duplicate" ? " (it was started before)" : "";
  show(`Execution ${paint.bold(started.execution_id)}  ${started.path ?? ""}${again}`.trimEnd());
  note(`noetl status ${started.execution_id} --follow shows how it goes`);
  return started;
}
