import type { Observer, RunOutcome } from "@noetl/runner";
import type { Environment } from "@noetl/sdk";
import { readPlugins } from "@noetl/sdk/plugins";
import { openHooks } from "./hooks.ts";

export interface RunHooks {
  /** `observer`, and the hooks `run.started` of plugins; children of a run are its own matter */
  observe(observer: Observer): Observer;
  /** Tells the hooks `run.finished` and waits for what was started. */
  finished(outcome: RunOutcome): Promise<void>;
}

export function openRunHooks(env: Environment, note: (text: string) => void): RunHooks {
  const hooks = openHooks({ env, plugins: readPlugins(env).plugins, note });
  return {
    observe: (observer) => ({
      ...observer,
      started(info) {
        const { execution_id, path, name, file, parent } = info;
        if (parent === null) hooks.fire("run.started", { execution_id, path, name, file });
        observer.started?.(info);
      },
    }),
    async finished({ execution_id, path, playbook, status, started_at, finished_at, duration_ms, error }) {
      const times = { started_at, finished_at, duration_ms };
      const failure = error && {
        code: error.code,
        kind: error.kind,
        message: error.message,
        ...(error.step !== undefined && { step: error.step }),
      };
      hooks.fire("run.finished", {
        execution_id,
        path,
        name: playbook,
        status,
        ...times,
        ...(failure && { error: failure }),
      });
      await hooks.settle();
    },
  };
}
