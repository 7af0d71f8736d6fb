import { isObject, type Json } from "@noetl/core";
import type { LogEvent } from "@noetl/engine";
import { type Host, pastOutcome, type RunOutcome, readRun } from "@noetl/runner";
import type { Case } from "./corpus.ts";

/** What a playbook came to. */
export interface Ran {
  outcome: RunOutcome;
  /** the run itself under "", those it called under the commands that called them: `call#1`, `call#1/inner#2` */
  logs: Map<string, LogEvent[]>;
  /** what the logs refer to, by reference */
  bodies: Map<string, Json>;
}

/** One way to run a playbook of the corpus: the local runner, the embedded server, PostgreSQL and NATS. */
export interface Subject {
  name: string;
  run(test: Case): Promise<Ran>;
  close(): Promise<void>;
}

/** A run that has ended and those it called, from the store that holds their logs. */
export async function ranOf(host: Host, executionId: string): Promise<Ran> {
  const past = await readRun(host, executionId);
  const logs = new Map([["", past.events]]);
  await addChildren(host, executionId, "", logs);
  const bodies = new Map<string, Json>();
  for (const ref of new Set([...logs.values()].flatMap(refsIn))) bodies.set(ref, await host.store.results.get(ref));
  return { outcome: await pastOutcome(host, past), logs, bodies };
}

async function addChildren(host: Host, parent: string, place: string, logs: Ran["logs"]): Promise<void> {
  for (const { execution_id } of await host.store.executions.list({ parent, limit: 200 })) {
    const events = await host.store.log.load(execution_id);
    const [first] = events;
    if (first?.type !== "playbook.initialized") throw new Error(`execution ${execution_id} did not begin`);
    const at = `${place}${place === "" ? "" : "/"}${first.parent?.command_id}`;
    if (logs.has(at)) throw new Error(`${at} was started twice`);
    logs.set(at, events);
    await addChildren(host, execution_id, at, logs);
  }
}

function refsIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(refsIn);
  if (!isObject(value)) return [];
  if (value.kind === "result_ref" && typeof value.ref === "string") return [value.ref];
  return Object.values(value).flatMap(refsIn);
}
