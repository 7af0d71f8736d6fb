import { formatDuration } from "@noetl/core";
import { shortTime } from "@noetl/sdk";
import type { StepPicture } from "../source/port.ts";
import type { Style } from "./line.ts";

/** What every view knows of the terminal. */
export interface Look {
  /** no box characters and no marks beyond ASCII */
  ascii: boolean;
}

const MARKS: { readonly [status: string]: readonly [mark: string, ascii: string, style: Style] } = {
  COMPLETED: ["✓", "+", { color: "green" }],
  FAILED: ["✗", "x", { color: "red" }],
  RUNNING: ["●", "*", { color: "cyan", bold: true }],
  PENDING: ["·", ".", { dim: true }],
  SKIPPED: ["–", "-", { dim: true }],
  CANCELLED: ["■", "#", { color: "yellow" }],
  CANCELLING: ["◌", "o", { color: "yellow" }],
  INTERRUPTED: ["!", "!", { color: "red" }],
};

/** A status says what it is without colour, too. */
export function markOf(status: string, { ascii }: Look): { mark: string; style: Style } {
  const [mark, plain, style] = MARKS[status] ?? ["?", "?", { color: "yellow" } as Style];
  return { mark: ascii ? plain : mark, style };
}

export function took(startedAt: number | null, endedAt: number | null, now: number): string {
  return startedAt === null ? "" : formatDuration(Math.max(0, (endedAt ?? now) - startedAt));
}

/** Clock time today, the date before. */
export function when(ms: number | null, now: number): string {
  if (ms === null) return "";
  const [day = "", clock = ""] = shortTime(ms).split(" ");
  return day === shortTime(now).slice(0, 10) ? clock : day;
}

export function loopText({ loop }: Pick<StepPicture, "loop">): string {
  if (!loop) return "";
  const of = loop.total === null ? `${loop.done}` : `${loop.done}/${loop.total}`;
  return loop.failed > 0 ? `${of} ${loop.failed} failed` : of;
}

/** Attempts beyond the first of every call. */
export function retriesOf({ attempts, loop }: StepPicture): number {
  return Math.max(0, attempts - (loop ? loop.done : 1));
}

export function textOf(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
