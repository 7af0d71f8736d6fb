import type { Started } from "../processes/start.ts";

/** `label` begins a sentence: `Server`, `Worker 'default'`. */
export function startedText(label: string, { status, pid, url, log_file }: Started, stopHint: string): string {
  const lines = [
    `${label} ${status === "started" ? "started" : "is running already"}${url === null ? "" : `: ${url}`}`,
    `  pid  ${pid}`,
    `  log  ${log_file}`,
    `  stop ${stopHint}`,
  ];
  return lines.join("\n");
}
