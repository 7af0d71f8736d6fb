import type { Client } from "@noetl/client";
import { type Clock, isNoetlError, isObject, type Json, type JsonObject, type Random } from "@noetl/core";
import { keychainPlace } from "@noetl/pipeline";
import type { Credential } from "@noetl/tools";
import type { ControlPlane, WorkerIdentity } from "../plane/control-plane.ts";
import { refusal } from "../plane/refusal.ts";
import { persist } from "../retry.ts";
import type { SealedBox } from "../sealed/sealed.ts";
import { commandOf, offerOf, refOf } from "./answers.ts";
import { type Exchange, openExchange } from "./exchange.ts";

export interface HttpControlPlaneOptions {
  /** a client of this base URL; without one, of the worker's own server */
  client(url?: string): Client;
  clock: Clock;
  random: Random;
  /** extensions of a lease: attempts in all */
  beatTries?: number;
  /** credentials come sealed for this worker */
  sealed?: { box: SealedBox; worker: string };
}

/** worker-and-tools §4.2, §8.4 */
const CLAIM = { tries: 5, firstMs: 250, longestMs: 2_000 };
const RESULT = { tries: 5, firstMs: 250, longestMs: 2_000 };
const BEAT = { tries: 3, firstMs: 250, longestMs: 1_000 };

/** The control plane over REST; one for each server that hints name. */
export function httpControlPlane(options: HttpControlPlaneOptions): ControlPlane {
  const planes = new Map<string, ControlPlane>();
  const own = options.client();
  // Hints name their server each time: what it is called is looked up once, and its connections are kept.
  const named = new Map<string, ControlPlane>();
  const find = (url?: string): ControlPlane => {
    const client = url === undefined || isElsewhere(url, own.endpoint.url) ? own : options.client(url);
    const key = new URL(client.endpoint.url).origin;
    const known = planes.get(key) ?? planeOf(client, options, at);
    planes.set(key, known);
    return known;
  };
  const home = find();
  function at(url?: string): ControlPlane {
    if (url === undefined) return home;
    const known = named.get(url) ?? find(url);
    named.set(url, known);
    return known;
  }
  return home;
}

/** A server that calls itself `localhost` is on another machine when ours is not on this one. */
function isElsewhere(announced: string, own: string): boolean {
  return !URL.canParse(announced) || (isLoopback(announced) && !isLoopback(own));
}

function isLoopback(url: string): boolean {
  return /^(localhost|127\..*|\[::1\])$/.test(new URL(url).hostname);
}

function planeOf(client: Client, options: HttpControlPlaneOptions, at: ControlPlane["at"]): ControlPlane {
  const { workers } = client;
  const exchanges = new Map<string, Exchange>();
  const exchangeOf = (worker: string): Exchange => {
    const known = exchanges.get(worker) ?? openExchange(workers, worker);
    exchanges.set(worker, known);
    return known;
  };
  const beat = { ...BEAT, tries: options.beatTries ?? BEAT.tries };
  let busy = false;
  return {
    at,
    register: (worker) => workers.register(registrationOf(worker, options.sealed)),
    async heartbeat(worker) {
      try {
        await workers.heartbeat(worker.id);
        return { known: true };
      } catch (error) {
        if (isNoetlError(error) && error.meaning === "not_found") return { known: false };
        throw error;
      }
    },
    deregister: (worker) => workers.deregister(worker.id),
    poll: async (input, signal) => (await workers.poll(input, signal)).flatMap((raw) => offerOf(raw) ?? []),
    async claim(hint, worker) {
      try {
        const answer = await persist(options, CLAIM, () => exchangeOf(worker).claim(hint.event_id));
        return { outcome: "claimed", command: commandOf(answer), fence: Number(answer.fence) };
      } catch (error) {
        const refused = refusal(error, options.clock.now());
        if (refused) return refused;
        if (isBusy(error)) busy = true;
        throw error;
      }
    },
    extend: (hint, worker_id, fence) =>
      persist(options, beat, () => workers.extend({ event_id: hint.event_id, worker_id, fence })),
    release: (hint, worker_id, fence) => workers.release({ event_id: hint.event_id, worker_id, fence }),
    async report({ hint, worker, fence, key, events, next }) {
      const given = await exchangeOf(worker).report({
        execution_id: hint.execution_id,
        event_id: hint.event_id,
        worker_id: worker,
        fence,
        key,
        events: events.map((body) => ({ type: body.type, step: hint.step, body: body as unknown as Json })),
        ...(next ? { next } : {}),
      });
      // By the server that was told, whatever it calls itself.
      const from = hint.server_url === undefined ? {} : { server_url: hint.server_url };
      return given.flatMap((raw) => offerOf({ ...raw, ...from }) ?? []);
    },
    async credential(name, executionId) {
      if (options.sealed) return sealedCredential(client, options.sealed, name, executionId);
      const found = await client.credentials.get(name, { reveal: true, execution_id: executionId });
      return { name: found.name, type: found.type, data: found.data ?? {} };
    },
    async putResult({ execution_id, step, body, ...rest }) {
      const input: JsonObject = { name: step, source_step: step, data: body, ...rest };
      return refOf(await persist(options, RESULT, () => workers.putResult(execution_id, input)));
    },
    getResult: (ref) => persist(options, RESULT, () => workers.resolveResult(ref)),
    async keychainGet(key) {
      const place = keychainPlace(key);
      const answer = place && (await workers.keychainGet(place));
      const expires_at = Date.parse(String(answer?.expires_at));
      if (answer?.status !== "success" || Number.isNaN(expires_at)) return undefined;
      return { data: answer.token_data ?? null, expires_at };
    },
    async keychainPut(key, { data, expires_at }) {
      const place = keychainPlace(key);
      if (place && isObject(data)) await workers.keychainPut(place, { data: data as JsonObject, expires_at });
    },
    async pressure() {
      const refused = busy;
      busy = false;
      const { status, utilization, slots_available, requests_waiting } = await workers.poolStatus();
      if (status === "unavailable" && !refused) return undefined;
      return {
        utilization: Number(utilization ?? 0),
        available: status === "unavailable" ? 1 : Number(slots_available ?? 0),
        waiting: Number(requests_waiting ?? 0),
        refused,
      };
    },
  };
}

const isBusy = (error: unknown) => isNoetlError(error) && error.meaning === "unavailable" && error.after !== undefined;

async function sealedCredential(
  client: Client,
  { box, worker }: NonNullable<HttpControlPlaneOptions["sealed"]>,
  name: string,
  execution_id: string,
): Promise<Credential> {
  const opened = box.open(await client.credentials.sealed(name, { worker_id: worker, execution_id }));
  const record = isObject(opened) ? opened : {};
  const data = isObject(record.data) ? (record.data as JsonObject) : {};
  return { name: String(record.name ?? name), type: String(record.type ?? "generic"), data };
}

function registrationOf(
  { id, pool, capacity, hostname, pid, labels }: WorkerIdentity,
  sealed: HttpControlPlaneOptions["sealed"],
) {
  return {
    name: id,
    capacity,
    hostname,
    pid,
    labels: { pool_name: pool, ...labels },
    runtime: { kind: "node", worker_public_key: sealed?.box.publicKey ?? null },
  };
}
