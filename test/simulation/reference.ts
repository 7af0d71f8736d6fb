import { tmpdir } from "node:os";
import { join } from "node:path";
import { snowflakes } from "@noetl/core";
import type { LogEvent } from "@noetl/engine";
import { runPlaybook } from "@noetl/runner";
import { openMemoryStore } from "@noetl/store";
import { observedStore } from "./faults.ts";
import { MAIN, type Scenario } from "./playbooks.ts";
import { virtualTime } from "./time.ts";
import { simulatedTools } from "./tools.ts";

/** The logs of the local runner, by path in the order of their start: what the world must come to as well. */
export async function referenceLogs(
  scenario: Scenario,
  seed: string,
  failing: number,
  start: number,
): Promise<LogEvent[][]> {
  const time = virtualTime(start, readsFiles);
  const restore = time.install();
  const memory = await openMemoryStore({ clock: time.clock });
  const store = observedStore(memory, time);
  const logs = new Map<string, LogEvent[]>();
  let ended = false;
  try {
    const run = runPlaybook(
      {
        store,
        registry: simulatedTools(seed, failing, false),
        clock: time.clock,
        ids: snowflakes({ clock: time.clock }),
        random: { next: () => 0.5 },
        env: {},
        workingDirectory: "/nowhere",
        dataDirectory: join(tmpdir(), `noetl-simulation-${process.pid}`),
        remotePlaybook: async (path) => scenario.texts[path],
      },
      {
        file: "main.yaml",
        text: scenario.texts[MAIN] ?? "",
        observer: {
          event(event) {
            const log = logs.get(event.execution_id) ?? [];
            log.push(event);
            logs.set(event.execution_id, log);
          },
        },
      },
    ).finally(() => {
      ended = true;
    });
    while (!(await time.run(() => ended, Number.POSITIVE_INFINITY)));
    await run;
    return [...logs.values()];
  } finally {
    restore();
    await memory.close();
  }
}

/** A call of the file system is under way: those are in no virtual time. */
export function readsFiles(): boolean {
  return process.getActiveResourcesInfo().some((name) => /^(FSReq|CloseReq)/.test(name));
}
