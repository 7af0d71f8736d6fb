import { formatDuration } from "@noetl/core";
import { count, type Palette } from "@noetl/sdk";
import { cleanOutput } from "./clean-output.ts";
import type { Note, Row } from "./tracker.ts";

export interface LineOptions {
  paint: Palette;
  color: boolean;
  verbose: boolean;
  /** say that work begins: where no live block shows it */
  announce: boolean;
}

/** A step that runs over and over (a cycle) is shown this often; the summary counts the rest. */
export const SHOWN_RUNS = 10;

/** The line of a note, without line end; `undefined` = not shown. */
export function lineOf(note: Note, { paint, color, verbose, announce }: LineOptions): string | undefined {
  switch (note.kind) {
    case "run":
      return `${paint.bold(note.info.name)}  ${paint.dim(`${count(note.info.steps, "step")}, run ${note.info.execution_id}`)}`;
    case "loop":
      return announce && note.row.run <= SHOWN_RUNS
        ? paint.dim(`  ...   ${note.row.label}  ${note.total === null ? "cursor" : count(note.total, "item")}`)
        : undefined;
    case "ended":
      return endedLine(note, paint);
    case "skipped":
      return `  ${paint.dim("skip")}  ${note.label}  ${paint.dim(note.reason)}`;
    case "retry":
      return `  ${paint.yellow("retry")} ${note.label}  ${oneLine(note.message)}; attempt ${note.attempt} in ${formatDuration(note.delayMs)}`;
    case "warning":
      return `  ${paint.yellow("warn")}  ${note.label}  ${note.code}: ${oneLine(note.message)}`;
    case "task":
      if (verbose) return paint.dim(`  task  ${note.label}  ${toolText(note)}  ${compact(note.input)}`);
      return announce && isNews(note) ? paint.dim(`  ...   ${note.label}  ${toolText(note)}`) : undefined;
    case "output": {
      const bar = paint.dim(`${note.label} │`);
      return cleanOutput(note.text, color)
        .map((text) => `  ${bar} ${text}`)
        .join("\n");
    }
  }
}

/** Work that may take a while and that no other line tells of. */
function isNews({ tool, attempt, run, iteration }: Extract<Note, { kind: "task" }>): boolean {
  return tool !== "noop" && attempt === 1 && run <= SHOWN_RUNS && iteration === undefined;
}

function toolText({ tool, task }: Extract<Note, { kind: "task" }>): string {
  return task ? `${tool} '${task}'` : tool;
}

const MARKS = {
  COMPLETED: (paint: Palette) => paint.green("ok  "),
  FAILED: (paint: Palette) => paint.red("FAIL"),
  CANCELLED: (paint: Palette) => paint.yellow("stop"),
};

function endedLine(note: Extract<Note, { kind: "ended" }>, paint: Palette): string | undefined {
  const { row } = note;
  if (note.status === "COMPLETED" && row.run > SHOWN_RUNS) return undefined;
  const facts = [formatDuration(note.ms)];
  if (row.run > 1) facts.push(`run ${row.run}`);
  if (row.loop) facts.push(loopText(row.loop));
  else if (row.attempts > 1) facts.push(count(row.attempts, "attempt"));
  const mark = MARKS[note.status](paint);
  const line = `  ${mark}  ${row.label}  ${paint.dim(facts.join(", "))}${note.message ? `  ${oneLine(note.message)}` : ""}`;
  return note.status === "FAILED" && row.trace ? `${line}\n${traceLines(row.trace, paint).join("\n")}` : line;
}

/** Where in the code of a step it failed. Its last line is the message, which stands before it. */
export function traceLines(traceback: string, paint: Palette): string[] {
  const lines = traceback.trimEnd().split("\n");
  return lines.slice(0, Math.max(1, lines.length - 1)).map((line) => paint.dim(`        ${line}`));
}

/** One line of the live block. */
export function rowText(row: Row, now: number): string {
  const facts = [elapsed(Math.max(0, now - row.since))];
  if (row.run > 1) facts.push(`run ${row.run}`);
  if (row.loop) facts.push(loopText(row.loop));
  if (row.waiting) facts.push(row.waiting);
  else if (row.attempts > 1) facts.push(`attempt ${row.attempts}`);
  return `${row.label}  ${facts.join(", ")}`;
}

/** In tenths of a second: what is drawn again and again should not flicker. */
function elapsed(ms: number): string {
  return ms < 10_000 ? `${(ms / 1_000).toFixed(1)}s` : formatDuration(ms);
}

function loopText(loop: NonNullable<Row["loop"]>): string {
  const of = loop.total === null ? count(loop.done, "row") : `${loop.done} of ${count(loop.total, "item")}`;
  return loop.failed > 0 ? `${of}, ${loop.failed} failed` : of;
}

function oneLine(text: string): string {
  return text.replace(/\s*\n\s*/g, " ").slice(0, 500);
}

function compact(value: unknown): string {
  const text = value === undefined ? "" : JSON.stringify(value);
  return text.length > 300 ? `${text.slice(0, 300)}…` : text;
}
