import type { Json, JsonObject } from "@noetl/core";
import { segments } from "./endpoint.ts";
import type { Request } from "./request.ts";
import { listOf, objectOf } from "./shapes.ts";

export interface WorkerRegistration {
  /** unique */
  name: string;
  capacity: number;
  hostname: string;
  pid: number;
  labels: JsonObject;
  runtime: JsonObject;
}

/** A claim as its holder names it. */
export interface HeldClaim {
  event_id: string;
  worker_id: string;
  fence: number;
}

export interface WorkerReport extends HeldClaim {
  execution_id: string;
  /** of the `Idempotency-Key` header */
  key: string;
  events: readonly { type: string; step: string; body: Json }[];
  /** room for commands that the answer may bring, claimed already */
  next?: { pools: readonly string[]; max: number };
}

/** What workers ask of a server (server-api §2.7–§2.9, §2.11, §2.13; decision 26). Bodies come as the server sent them. */
export interface Workers {
  register(registration: WorkerRegistration): Promise<void>;
  /** Meaning `not_found` for a worker the server does not know. */
  heartbeat(name: string): Promise<void>;
  deregister(name: string): Promise<void>;
  /** Waits up to `wait_ms` for something to do. */
  poll(
    input: { worker: string; pools: readonly string[]; max: number; wait_ms: number; claim?: boolean },
    signal?: AbortSignal,
  ): Promise<JsonObject[]>;
  /** Again by the same worker gives the same claim. Meanings: `not_found`, `conflict` (its code says why). */
  claim(eventId: string, workerId: string): Promise<JsonObject>;
  extend(claim: HeldClaim): Promise<{ held: boolean; stop: boolean }>;
  release(claim: HeldClaim): Promise<void>;
  /** Meaning `conflict`: the claim was lost. Resolves with what was claimed for the reporter. */
  report(report: WorkerReport): Promise<JsonObject[]>;
  /**
   * Claims and reports in one request; answers in their order, as the server sent them, with `status` as if each had come
   * alone. Meaning `not_found`: the server has no such route.
   */
  exchange(
    workerId: string,
    input: { claims: readonly string[]; reports: readonly WorkerReport[] },
  ): Promise<{ claims: JsonObject[]; reports: JsonObject[] }>;
  /** Connections of the server to its database, as it tells of them. */
  poolStatus(): Promise<JsonObject>;
  putResult(executionId: string, input: JsonObject): Promise<JsonObject>;
  resolveResult(ref: string): Promise<Json>;
  keychainGet(place: KeychainPlace): Promise<JsonObject>;
  keychainPut(place: KeychainPlace, entry: { data: JsonObject; expires_at: number }): Promise<void>;
}

export interface KeychainPlace {
  catalog_id: string;
  name: string;
  scope: "global" | "shared";
  execution_id?: string;
}

export interface WorkerTimeouts {
  /** ms */
  events: number;
  beat: number;
}

/** A poll may last longer than it waits: the answer has to travel. */
const POLL_SLACK_MS = 10_000;

export function workers(request: Request, timeouts: WorkerTimeouts = { events: 60_000, beat: 10_000 }): Workers {
  const post = (path: string, body: unknown, more: { timeoutMs?: number; signal?: AbortSignal } = {}) =>
    request(path, { method: "POST", body, ...more });

  return {
    register: async (registration) =>
      void (await post("worker/pool/register", {
        ...registration,
        component_type: "worker_pool",
        status: "ready",
        meta: {},
      })),
    heartbeat: async (name) => void (await post("worker/pool/heartbeat", { name }, { timeoutMs: timeouts.beat })),
    deregister: async (name) =>
      void (await post(
        "worker/pool/deregister",
        { name, component_type: "worker_pool" },
        { timeoutMs: timeouts.beat },
      )),
    async poll({ worker, pools, max, wait_ms, claim }, signal) {
      const [pool = "shared", ...more] = pools;
      const body = { worker, worker_id: worker, pool, segments: more, max, wait_ms, ...(claim ? { claim } : {}) };
      const answer = await post("worker/pool/poll", body, {
        timeoutMs: wait_ms + POLL_SLACK_MS,
        ...(signal ? { signal } : {}),
      });
      return listOf(answer, "commands").map(objectOf);
    },
    claim: async (eventId, workerId) =>
      objectOf(await post(`commands/${segments(eventId)}/claim`, { worker_id: workerId, format: "command" })),
    async extend({ event_id, ...held }) {
      const answer = objectOf(
        await post(`commands/${segments(event_id)}/heartbeat`, held, { timeoutMs: timeouts.beat }),
      );
      return { held: answer.held === true, stop: answer.stop === true };
    },
    release: async ({ event_id, ...held }) =>
      void (await post(`commands/${segments(event_id)}/release`, held, { timeoutMs: timeouts.beat })),
    async report(report) {
      const answer = await request("events/batch", {
        method: "POST",
        timeoutMs: timeouts.events,
        headers: { "idempotency-key": report.key },
        body: { ...batchOf(report), worker_id: report.worker_id },
      });
      return listOf(answer, "next").map(objectOf);
    },
    async exchange(worker_id, { claims, reports }) {
      const body = { worker_id, claims, reports: reports.map(batchOf) };
      const answer = await post("worker/pool/exchange", body, { timeoutMs: timeouts.events });
      return { claims: listOf(answer, "claims").map(objectOf), reports: listOf(answer, "reports").map(objectOf) };
    },
    poolStatus: async () => objectOf(await request("pool/status", { timeoutMs: timeouts.beat })),
    putResult: async (executionId, input) =>
      objectOf(await request(`result/${segments(executionId)}`, { method: "PUT", body: input })),
    resolveResult: (ref) => request("result/resolve", { query: { ref } }),
    keychainGet: async (place) => objectOf(await request(pathOf(place), { query: queryOf(place) })),
    keychainPut: async (place, { data, expires_at }) => {
      const { scope, execution_id } = place;
      await request(pathOf(place), {
        method: "POST",
        idempotent: true,
        body: {
          token_data: data,
          credential_type: "keychain",
          cache_type: "token",
          scope_type: scope,
          expires_at: new Date(expires_at).toISOString(),
          ...(execution_id === undefined ? {} : { execution_id }),
        },
      });
    },
  };
}

function batchOf({ execution_id, event_id, fence, events, next }: WorkerReport) {
  return {
    execution_id,
    command_event_id: event_id,
    fence,
    events: events.map(({ type, step, body }) => ({ event_type: type, step, payload: { event: body } })),
    ...(next ? { next } : {}),
  };
}

function pathOf({ catalog_id, name }: KeychainPlace): string {
  return `keychain/${segments(catalog_id)}/${encodeURIComponent(name)}`;
}

function queryOf({ scope, execution_id }: KeychainPlace) {
  return { scope_type: scope, ...(execution_id === undefined ? {} : { execution_id }) };
}
