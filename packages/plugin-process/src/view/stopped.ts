import type { StopResult } from "../processes/stop-place.ts";

/** `label` begins a sentence: `Server`, `Worker 'default'`. */
export function stoppedText(label: string, { status, pid }: StopResult): string {
  switch (status) {
    case "stopped":
      return `${label} stopped (process ${pid})`;
    case "killed":
      return `${label} killed (process ${pid}): it did not stop in time`;
    case "left":
      return `${label} still runs (process ${pid}); it was told to stop and may finish what it does. --force kills it`;
    case "declined":
      return `${label} goes on (process ${pid})`;
    case "not_running":
      return `${label} is not running`;
  }
}
