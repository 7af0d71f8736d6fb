import { formatDuration } from "@noetl/core";
import { clockTime } from "@noetl/sdk";
import { masker } from "../../source/mask.ts";
import type { TimelineEvent } from "../../source/port.ts";
import { type ExecutionState, shownEvents } from "../../state/state.ts";
import { jsonLines } from "../json.ts";
import { cell, type Line, line, type Style } from "../line.ts";
import { exactly, list, scrolled } from "../list.ts";

/** Every event of the log with the time since the one before; Enter opens one. */
export function timelineView(execution: ExecutionState, width: number, height: number): Line[] {
  const events = shownEvents(execution);
  const at = Math.min(execution.cursor.timeline ?? events.length - 1, events.length - 1);
  const event = events[at];
  if (execution.opened && event) return openedView(execution, event, height);
  const heading = `  ${cell("SEQ", 7)}${cell("TIME", 14)}${cell("AFTER", 8)}${cell("EVENT", 24)}STEP`;
  const rows = list({
    rows: events,
    at,
    width,
    height: height - 1,
    draw(row, index) {
      const before = events[index - 1]?.ts;
      const after = row.ts === null || before == null ? "" : `+${formatDuration(Math.max(0, row.ts - before))}`;
      return line(
        [cell(String(row.seq), 7), { dim: true }],
        cell(row.ts === null ? "" : clockTime(row.ts), 14),
        [cell(after, 8), { dim: true }],
        [cell(row.type, 24), styleOf(row)],
        subject(row),
        [row.error === null ? "" : `  ${row.error}`, { color: "red" }],
      );
    },
  });
  return [
    line([heading, { dim: true }]),
    ...exactly(rows.length > 0 ? rows : [line(`  ${nothing(execution)}`)], height - 1),
  ];
}

function nothing({ events, filter }: ExecutionState): string {
  return events.length > 0 && filter !== "" ? `no event is like '${filter}'` : "no events yet";
}

function subject({ command, step, attempt }: TimelineEvent): string {
  return `${command ?? step ?? ""}${attempt !== null && attempt > 1 ? `  attempt ${attempt}` : ""}`;
}

function styleOf({ type, status, error }: TimelineEvent): Style | undefined {
  if (error !== null || /error|failed|lost/.test(type) || /fail/i.test(status ?? "")) return { color: "red" };
  if (/cancel|skipped/.test(type)) return { color: "yellow" };
  if (/^(playbook|workflow|execution)/.test(type)) return { bold: true };
  if (/^step/.test(type)) return { color: "cyan" };
  return /done|completed/.test(type) ? { color: "green" } : undefined;
}

/** One event as it stands in the log, secrets masked. */
export function eventLines(execution: ExecutionState, event: TimelineEvent): Line[] {
  return jsonLines(masker(execution.detail?.workload ?? {})(event.body));
}

function openedView(execution: ExecutionState, event: TimelineEvent, height: number): Line[] {
  const lines = eventLines(execution, event);
  const heading = line([`event ${event.seq}  ${event.type}`, { bold: true }], [`  ${event.step ?? ""}`, undefined]);
  return [heading, ...scrolled(lines, execution.opened?.scroll ?? 0, height - 1)];
}
