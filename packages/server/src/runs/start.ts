import { type Clock, type Ids, type JsonObject, NoetlError } from "@noetl/core";
import { initialize, openRun } from "@noetl/engine";
import type { CatalogEntry, ExecutionSummary, Store } from "@noetl/store";
import { type Definitions, sha256Of } from "./definitions.ts";
import { type Live, originOf } from "./live.ts";
import type { Turns } from "./turn.ts";

export interface StartInput {
  /** one of the two */
  path?: string;
  catalog_id?: string;
  /** absent = latest */
  version?: number;
  payload: JsonObject;
  merge?: "shallow" | "deep";
  parent?: { execution_id: string; command_id: string; step: string; root_execution_id: string; depth: number };
  pool?: string;
  trace?: { [name: string]: string };
  /** the first to say it within the window starts, the others get its run (server-api §2.5) */
  dedup?: { key: string; window_ms: number };
  rerun_of?: string;
}

export interface Started {
  execution_id: string;
  status: "started" | "duplicate";
  path: string;
  name: string;
  kind: string;
  commands: number;
}

export interface StartPorts {
  store: Store;
  clock: Clock;
  ids: Ids;
  definitions: Definitions;
  turns: Turns;
  /** the newest version of this path, as it is now */
  latest(path: string): Promise<CatalogEntry | undefined>;
  /** names that templates may read from `env`; empty on a server unless it is told otherwise (DSL §6) */
  env(text: string): { [name: string]: string };
  serverUrl?: string;
}

/** Starts an execution (server-api §2.5). Meanings: `not_found` no such playbook, `validation` it cannot run. */
export async function start(ports: StartPorts, input: StartInput): Promise<Started> {
  const { store } = ports;
  const entry = await find(ports, input);
  const text = entry.content ?? "";
  const definition = sha256Of(text);
  const plan = ports.definitions.plan(text, definition);
  const answer = { path: entry.path, name: plan.playbook.metadata.name, kind: entry.kind };
  let execution_id = ports.ids.next();
  if (input.dedup) {
    const { key, window_ms } = input.dedup;
    const scope = input.parent?.execution_id ?? "";
    execution_id = await store.dedup.claim({ scope, key, execution_id, window_ms });
    const known = await store.executions.get(execution_id);
    // A row without events is of a server that died before the run began: it begins now.
    if (known && known.seq > 0) return { execution_id, status: "duplicate", ...answer, commands: 0 };
  }
  const root_execution_id = input.parent?.root_execution_id ?? execution_id;
  const now = ports.clock.now();
  const initialized = initialize(plan, {
    payload: input.payload,
    merge: input.merge ?? "deep",
    env: ports.env(text),
    now,
    execution_id,
    root_execution_id,
    path: entry.path,
    version: String(entry.version),
    catalog_id: entry.catalog_id,
    depth: input.parent?.depth ?? 0,
    definition,
    ...(input.parent
      ? {
          parent: {
            execution_id: input.parent.execution_id,
            command_id: input.parent.command_id,
            step: input.parent.step,
          },
        }
      : {}),
    ...(ports.serverUrl === undefined ? {} : { server_url: ports.serverUrl }),
  });
  const summary: ExecutionSummary = {
    execution_id,
    path: entry.path,
    name: answer.name,
    version: String(entry.version),
    catalog_id: entry.catalog_id,
    status: "RUNNING",
    started_at: now,
    ended_at: null,
    parent_execution_id: input.parent?.execution_id ?? null,
    root_execution_id,
    source: null,
    error: null,
    definition,
    resumed_from: input.rerun_of ?? null,
    seq: 0,
  };
  const pool = input.pool ?? plan.playbook.executor.spec.pool;
  const first = {
    ...initialized,
    // Its own id, so that a run that two servers begin begins once.
    event_id: execution_id,
    ...(pool === undefined ? {} : { pool }),
    ...(input.trace === undefined ? {} : { trace: input.trace }),
  };
  const live: Live = { run: openRun(plan), summary, seq: 0, ...originOf(first) };
  const turned = await ports.turns.open(live, [first], text);
  return { execution_id, status: "started", ...answer, commands: turned.commands.length };
}

async function find({ store, latest }: StartPorts, input: StartInput): Promise<CatalogEntry> {
  if (input.catalog_id === undefined && input.path === undefined) {
    throw new NoetlError("validation", "E_PATH_MISSING", "either path or catalog_id is required");
  }
  const { path = "", catalog_id, version: wanted } = input;
  const entry = await (catalog_id !== undefined
    ? store.catalog.get({ catalog_id })
    : wanted === undefined
      ? latest(path)
      : store.catalog.get({ path, version: wanted }));
  if (entry?.content) return entry;
  const name = input.path === undefined ? `catalog entry ${input.catalog_id}` : `playbook '${input.path}'`;
  const version = input.version === undefined ? "" : ` version ${input.version}`;
  throw new NoetlError("not_found", "PLAYBOOK_NOT_FOUND", `${name}${version} is not in the catalog`);
}
