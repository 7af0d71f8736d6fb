import type { ExecutionEvent } from "@noetl/client";
import { isObject } from "@noetl/core";
import { clockTime, type Palette } from "@noetl/sdk";

/** One line of a log as data. */
export interface LoggedLine {
  time: string | null;
  step: string | null;
  text: string;
}

/**
 * What an event means to somebody who watches, or undefined for bookkeeping. Servers of every generation are read:
 * `step.exit` and `step_completed` are the same.
 */
export function loggedLine(event: ExecutionEvent): LoggedLine | undefined {
  const text = wording(event);
  return text === undefined ? undefined : { time: event.created_at, step: event.step, text };
}

/** The lines of a log one after the other: a call that fails for good says what the end of its step says again. */
export function lineReader(): (event: ExecutionEvent) => LoggedLine | undefined {
  const last = new Map<string | null, string>();
  return (event) => {
    const line = loggedLine(event);
    if (!line) return undefined;
    if (/^step[._]/.test(event.event_type) && last.get(line.step) === line.text) return undefined;
    last.set(line.step, line.text);
    return line;
  };
}

function wording(event: ExecutionEvent): string | undefined {
  const step = event.step ?? "";
  switch (event.event_type.replaceAll("_", ".")) {
    case "playbook.initialized":
    case "playbook.started":
    case "execution.start":
    case "execution.started":
      return `start ${step}`;
    case "step.enter":
    case "step.started":
      return `run  ${step}`;
    case "step.exit":
    case "step.completed":
    case "step.failed":
      return `${mark(event)} ${step}${reason(event)}`;
    case "step.skipped":
      return `skip ${step}`;
    case "call.error":
    case "call.failed":
    case "action.failed":
    case "action.error":
      return `FAIL ${step}${reason(event)}`;
    case "command.lost":
      return `lost ${step}: its worker is gone, it is handed out again`;
    case "loop.started":
      return `loop ${step}${items(event)}`;
    case "playbook.completed":
    case "execution.completed":
    case "execution.complete":
      return "COMPLETED";
    case "playbook.failed":
    case "execution.failed":
      return `FAILED${reason(event)}`;
    case "execution.cancelled":
    case "playbook.cancelled":
      return `CANCELLED${reason(event)}`;
    default:
      return undefined;
  }
}

function mark(event: ExecutionEvent): string {
  const status = (event.status ?? "").toUpperCase();
  if (/FAIL|ERROR/.test(status) || /failed$/.test(event.event_type)) return "FAIL";
  return /CANCEL/.test(status) ? "stop" : "ok  ";
}

function reason({ error, raw }: ExecutionEvent): string {
  const meta = isObject(raw.meta) ? raw.meta.reason : undefined;
  const given = isObject(error) ? error.message : (error ?? meta);
  return given === undefined || given === null || given === "" ? "" : `: ${String(given).split("\n")[0]}`;
}

function items({ raw }: ExecutionEvent): string {
  const expected = isObject(raw.context) ? raw.context.iterations_expected : undefined;
  return typeof expected === "number" ? `  ${expected} items` : "";
}

/** The line for people: `09:30:12.045  ok   load`. */
export function lineText({ time, text }: LoggedLine, paint: Palette): string {
  const at = time === null ? "" : clockTime(Date.parse(time));
  const [word = "", ...rest] = text.split(/(?<=^\S+)/);
  const colors: { readonly [word: string]: (text: string) => string } = {
    ok: paint.green,
    COMPLETED: paint.green,
    FAIL: paint.red,
    FAILED: paint.red,
    "FAILED:": paint.red,
    CANCELLED: paint.yellow,
    "CANCELLED:": paint.yellow,
    stop: paint.yellow,
    lost: paint.yellow,
    skip: paint.dim,
  };
  return `${paint.dim(at)}  ${(colors[word] ?? ((plain) => plain))(word)}${rest.join("")}`;
}

/** Every event on a line, for `executions events`. */
export function eventText(event: ExecutionEvent, paint: Palette): string {
  const at = event.created_at === null ? "" : clockTime(Date.parse(event.created_at));
  const parts = [event.event_type.padEnd(22), event.step ?? "", event.status ?? ""].filter((part) => part !== "");
  return `${paint.dim(at)}  ${parts.join("  ")}${reason(event)}`;
}
