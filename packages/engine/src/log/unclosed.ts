import type { Run } from "../api.ts";
import type { EventBody } from "../events.ts";

/** Whose outcome is in the log needs no worker any more, only the end that its worker did not live to report. */
export function unclosed(run: Run): EventBody[] {
  return [...run.pending()].flatMap(({ step, run: number, command_id, iteration, reported }): EventBody[] => {
    if (reported === undefined) return [];
    const type = reported === "error" ? "command.failed" : "command.completed";
    return [{ type, step, run: number, command_id, ...(iteration === undefined ? {} : { iteration }) }];
  });
}
