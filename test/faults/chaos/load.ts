import { setTimeout } from "node:timers/promises";
import { type Ids, isObject, type JsonObject, snowflakes } from "@noetl/core";
import { AUDITED } from "./playbooks.ts";
import { openWire, type Wire } from "./wire.ts";

/** What the world has promised: accepted runs, events that were acknowledged or shown. */
export interface Promises {
  /** execution ids by the path of the playbook */
  accepted: Map<string, string>;
  /** `execution_id event_id` of events that were acknowledged to the auditor as a worker */
  acknowledged: Map<string, Receipt>;
  /** `execution_id event_id`: type of an event that a reader has seen */
  shown: Map<string, string>;
}

export interface Receipt {
  type: string;
  command_id: string;
  /** when it was acknowledged, ms since 1970 */
  at: number;
}

export interface Load {
  promises: Promises;
  /** No new runs. */
  stopStarting(): void;
  /** Nothing any more. */
  close(): Promise<void>;
}

/** Runs that are open at one time; more would only wait. */
const OPEN_RUNS = 16;

/** Clients that start runs, a reader that looks at them, a worker that keeps the receipts of what it reports. */
export function openLoad(urls: readonly string[], openRuns: () => Promise<number>): Load {
  const promises: Promises = { accepted: new Map(), acknowledged: new Map(), shown: new Map() };
  const starting = new AbortController();
  const closing = new AbortController();
  const wire = () => openWire(urls, closing.signal);
  const loops = [
    start(wire(), "main", promises, starting.signal, openRuns),
    start(wire(), "audited", promises, starting.signal, openRuns),
    read(wire(), promises, closing.signal),
    work(wire(), promises, closing.signal),
  ];
  return {
    promises,
    stopStarting: () => starting.abort(),
    async close() {
      starting.abort();
      closing.abort();
      await Promise.all(loops);
    },
  };
}

/** The key makes a repeated start the same run. */
async function start(wire: Wire, name: string, promises: Promises, stop: AbortSignal, openRuns: () => Promise<number>) {
  for (let n = 0; !stop.aborted; n++) {
    const dedup = { key: `${name}-${n}`, window_secs: 86_400 };
    const answer = await wire.ask("/api/execute", { path: `chaos/${name}`, payload: { n }, dedup });
    if (!answer) return;
    if (answer.status !== 200) throw new Error(`chaos/${name} was refused: ${JSON.stringify(answer.body)}`);
    promises.accepted.set(String(answer.body.execution_id), `chaos/${name}`);
    await setTimeout(100);
    while (!stop.aborted && (await openRuns()) >= OPEN_RUNS) await setTimeout(100);
  }
}

async function read(wire: Wire, { accepted, shown }: Promises, stop: AbortSignal): Promise<void> {
  while (!stop.aborted) {
    await setTimeout(200);
    const recent = [...accepted.keys()].slice(-OPEN_RUNS);
    const id = recent[Math.floor(Math.random() * recent.length)];
    if (id === undefined) continue;
    const answer = await wire.ask(`/api/executions/${id}/events?order=asc&page_size=500`);
    const events = answer?.status === 200 && Array.isArray(answer.body.events) ? answer.body.events : [];
    for (const event of events)
      if (isObject(event)) shown.set(`${id} ${String(event.event_id)}`, String(event.event_type));
  }
}

/** A worker of an older make (server-api §2.7): each event has an id of the worker's, and is repeated until it is answered. */
async function work(wire: Wire, { acknowledged }: Promises, stop: AbortSignal): Promise<void> {
  const worker = "auditor";
  const ids = snowflakes({ machine: 1_000 });
  while (!stop.aborted) {
    const poll = { worker_id: worker, pool: AUDITED, max: 1, wait_ms: 1_000 };
    const polled = await wire.ask("/api/worker/pool/poll", poll);
    const [hint] = polled?.status === 200 && Array.isArray(polled.body.commands) ? polled.body.commands : [];
    if (!isObject(hint)) {
      await setTimeout(50);
      continue;
    }
    const claim = await wire.ask(`/api/commands/${hint.event_id}/claim`, { worker_id: worker });
    if (claim?.status !== 200) continue;
    for (const event of eventsOf(claim.body, worker, ids)) {
      const answer = await wire.ask("/api/events", event);
      // Refused: somebody else has it by now.
      if (answer?.status !== 200) break;
      const receipt = { type: String(event.event_type), command_id: `${event.step}#1`, at: Date.now() };
      acknowledged.set(`${event.execution_id} ${event.event_id}`, receipt);
    }
  }
}

function eventsOf(claim: JsonObject, worker_id: string, ids: Ids): JsonObject[] {
  const meta = isObject(claim.meta) ? claim.meta : {};
  const command_id = String(meta.command_id);
  const common = { execution_id: String(claim.execution_id), step: String(claim.node_name), worker_id };
  const result = { status: "success", context: { data: { by: "the auditor" } } };
  return [
    { ...common, event_id: ids.next(), event_type: "command.started", context: { command_id } },
    { ...common, event_id: ids.next(), event_type: "call.done", context: { command_id, call_index: 0, result } },
    { ...common, event_id: ids.next(), event_type: "command.completed", context: { command_id, status: "success" } },
  ];
}
