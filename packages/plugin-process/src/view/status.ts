import { formatDuration } from "@noetl/core";
import type { ProcessStatus } from "../processes/status.ts";

/** Whole seconds are known; `0ms` would be wrong for the first. */
export function uptimeText(seconds: number): string {
  return seconds === 0 ? "<1s" : formatDuration(seconds * 1_000);
}

/** One line a fact. */
export function statusText(label: string, status: ProcessStatus, more: readonly (readonly [string, string])[]): string {
  const { state, pid, url, uptime_seconds, log_file } = status;
  const facts: (readonly [string, string])[] = [
    ...(url === null ? [] : [["url", url] as const]),
    ...(pid === null ? [] : [["pid", String(pid)] as const]),
    ...(uptime_seconds === null ? [] : [["uptime", uptimeText(uptime_seconds)] as const]),
    ...more,
    ["log", log_file],
  ];
  const word = state === "stale" ? "gone: its PID file is of a process that ended" : state;
  return [`${label} ${word}`, ...facts.map(([name, value]) => `  ${name.padEnd(10)}${value}`)].join("\n");
}
