import { formatDuration } from "@noetl/core";
import type { ProcessStatus } from "../processes/status.ts";

/** One line a fact. */
export function statusText(label: string, status: ProcessStatus, more: readonly (readonly [string, string])[]): string {
  const { state, pid, url, uptime_seconds, log_file } = status;
  const facts: (readonly [string, string])[] = [
    ...(url === null ? [] : [["url", url] as const]),
    ...(pid === null ? [] : [["pid", String(pid)] as const]),
    ...(uptime_seconds === null ? [] : [["uptime", formatDuration(uptime_seconds * 1_000)] as const]),
    ...more,
    ["log", log_file],
  ];
  const word = state === "stale" ? "gone: its PID file is of a process that ended" : state;
  return [`${label} ${word}`, ...facts.map(([name, value]) => `  ${name.padEnd(10)}${value}`)].join("\n");
}
