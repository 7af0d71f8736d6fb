import { isObject, type Json, type JsonObject } from "@noetl/core";
import type { TimelineEvent } from "../source/port.ts";

export type LogTone = "ok" | "bad" | "warn" | "dim" | "plain" | "out" | "err";

export interface LogLine {
  ts: number | null;
  step: string;
  tone: LogTone;
  text: string;
}

/** What a person wants to know of the events, with the output of the tools; older servers' names count too. */
export function logLines(events: readonly TimelineEvent[]): LogLine[] {
  return events.flatMap(linesOf);
}

function linesOf(event: TimelineEvent): LogLine[] {
  const said = saying(event);
  const lines = said ? [{ ts: event.ts, step: nameOf(event), ...said }] : [];
  return [...printed(event), ...lines];
}

function nameOf({ step, iteration }: TimelineEvent): string {
  return step === null ? "" : iteration === null ? step : `${step}[${iteration}]`;
}

function saying(event: TimelineEvent): { tone: LogTone; text: string } | undefined {
  const why = event.error === null ? "" : `: ${event.error}`;
  switch (event.type.replace("_", ".")) {
    case "playbook.initialized":
    case "playbook.started":
    case "execution.start":
    case "execution.started":
      return { tone: "plain", text: "begins" };
    case "step.enter":
    case "step.started":
      return { tone: "dim", text: event.run !== null && event.run > 1 ? `enters, run ${event.run}` : "enters" };
    case "loop.started": {
      const total = event.body.total ?? objectOf(event.body.context).iterations_expected;
      return { tone: "dim", text: typeof total === "number" ? `loops over ${total} items` : "loops over a cursor" };
    }
    case "command.issued":
      return event.attempt !== null && event.attempt > 1
        ? { tone: "warn", text: `is handed out again, attempt ${event.attempt}` }
        : undefined;
    case "command.lost":
      return { tone: "warn", text: "its worker is gone" };
    case "call.parked":
      return { tone: "dim", text: "waits" };
    case "call.done":
      return event.attempt !== null && event.attempt > 1
        ? { tone: "warn", text: `done after ${event.attempt} attempts` }
        : undefined;
    case "call.error":
    case "call.failed":
    case "action.failed":
    case "action.error":
      return {
        tone: "bad",
        text: `failed${why}${event.attempt !== null && event.attempt > 1 ? `, after ${event.attempt} attempts` : ""}`,
      };
    case "step.skipped":
      return { tone: "dim", text: "is skipped" };
    case "step.exit":
    case "step.completed":
    case "step.failed":
      return exitLine(event, why);
    case "child.started":
      return { tone: "dim", text: "starts a playbook" };
    case "playbook.completed":
    case "execution.completed":
      return { tone: "ok", text: "COMPLETED" };
    case "playbook.failed":
    case "execution.failed":
      return { tone: "bad", text: `FAILED${why}` };
    case "execution.cancel.requested":
    case "execution.cancel_requested":
      return { tone: "warn", text: "is asked to stop" };
    case "execution.cancelled":
    case "playbook.cancelled":
      return { tone: "warn", text: `CANCELLED${why}` };
    default:
      return undefined;
  }
}

function exitLine({ type, status }: TimelineEvent, why: string): { tone: LogTone; text: string } {
  if (/fail|error/i.test(status ?? "") || type.endsWith("failed")) return { tone: "bad", text: `failed${why}` };
  return /cancel/i.test(status ?? "") ? { tone: "warn", text: "stopped" } : { tone: "ok", text: "ok" };
}

/** What a program wrote, as far as its result keeps it. */
function printed(event: TimelineEvent): LogLine[] {
  if (event.output === undefined || !/^(call|action)[._]/.test(event.type)) return [];
  const found: LogLine[] = [];
  for (const output of outputsOf(event.output)) {
    for (const [key, tone] of [
      ["stdout", "out"],
      ["stderr", "err"],
    ] as const) {
      const text = output[key];
      if (typeof text !== "string" || text.trim() === "") continue;
      for (const line of text.replace(/\n$/, "").split("\n"))
        found.push({ ts: event.ts, step: nameOf(event), tone, text: line });
    }
  }
  return found;
}

/** The result of one task, or of several by their labels. */
function outputsOf(output: Json): JsonObject[] {
  const one = objectOf(output);
  if ("stdout" in one || "stderr" in one) return [one];
  return Object.values(one).filter(isObject) as JsonObject[];
}

function objectOf(value: unknown): JsonObject {
  return isObject(value) ? (value as JsonObject) : {};
}
