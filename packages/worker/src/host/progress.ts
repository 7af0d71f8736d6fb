import type { Progress } from "@noetl/pipeline";
import type { Log } from "../log.ts";

/** What commands say while they run, as log lines. Redacted by the pipeline; inputs and results are left out. */
export function logProgress(log: Log): (progress: Progress, executionId: string) => void {
  return (progress, execution_id) => {
    const { command_id, step } = progress;
    const site = { execution_id, command_id, step };
    switch (progress.type) {
      case "task.started": {
        const { task, kind, attempt } = progress;
        return log.debug("task started", { ...site, task, kind, attempt });
      }
      case "task.finished": {
        const { task, status, duration_ms, message } = progress;
        return log.info("task finished", { ...site, task, status, duration_ms, message });
      }
      case "task.retry": {
        const { task, attempt, delay_ms, message } = progress;
        return log.warn("task is tried again", { ...site, task, attempt, delay_ms, message });
      }
      case "warning":
        return log.warn(progress.message, { ...site, code: progress.code });
      case "output": {
        const { task, stream } = progress;
        return log.debug(progress.text.replace(/\n$/, ""), { ...site, task, stream });
      }
    }
  };
}
