import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { LogEvent } from "@noetl/engine";
import { openHost, type RunOutcome, runPlaybook } from "@noetl/runner";
import { type Case, FIXTURES } from "./corpus.ts";

export interface Ran {
  outcome: RunOutcome;
  /** of the run itself, children apart */
  events: LogEvent[];
}

/** One way to run a playbook of the corpus: the local runner, the embedded server, PostgreSQL and NATS. */
export interface Subject {
  name: string;
  run(test: Case): Promise<Ran>;
  close(): Promise<void>;
}

export async function localSubject(env: { [name: string]: string }): Promise<Subject> {
  const folder = await mkdtemp(join(tmpdir(), "noetl-conformance-"));
  const host = await openHost({ env: { ...process.env, ...env, NOETL_HOME: folder }, workingDirectory: folder });
  return {
    name: "local",
    async run(test) {
      const events: LogEvent[] = [];
      const outcome = await runPlaybook(host, {
        file: join(FIXTURES, test.file),
        payload: test.payload,
        observer: { event: (event, info) => (info.parent === null ? events.push(event) : 0) },
      });
      return { outcome, events };
    },
    async close() {
      await host.store.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
