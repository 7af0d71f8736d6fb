import { isObject, type Json, type JsonObject, NoetlError } from "@noetl/core";
import { type Given, givenHint, type ServerContext } from "@noetl/server";
import { type Claimed, type ControlPlane, keychainPlace, refusal } from "@noetl/worker";

/**
 * A server in this process as its worker sees it: the same claims, reports and results as over HTTP, without the wire. For
 * `server start --with-worker`, tests and measurements.
 */
export function embeddedControlPlane(context: ServerContext): ControlPlane {
  const { store, claims, desk, ingest, clock } = context;
  const plane: ControlPlane = {
    at: () => plane,
    async register({ id, pool, capacity, hostname, pid, labels }) {
      await store.runtimes.register({
        name: id,
        kind: "worker_pool",
        status: "ready",
        capacity,
        labels: { pool_name: pool, ...labels },
        runtime: { kind: "node", hostname, pid, embedded: true },
      });
    },
    heartbeat: async ({ id }) => ({ known: (await store.runtimes.heartbeat("worker_pool", id)) !== undefined }),
    deregister: async ({ id }) => void (await store.runtimes.deregister("worker_pool", id)),
    async poll({ worker, pools, max, wait_ms, claim = false }, signal) {
      const asking = { pools, max, waitMs: wait_ms, signal, ...(claim ? { worker } : {}) };
      return (await desk.poll(asking)).map(({ given, ...hint }) =>
        given ? { ...hint, claimed: claimedOf(given) } : hint,
      );
    },
    async claim(hint, worker): Promise<Claimed> {
      try {
        const { command, row } = await claims.claim(hint.event_id, worker);
        return { outcome: "claimed", command, fence: row.fence };
      } catch (error) {
        const refused = refusal(error, clock.now());
        if (refused) return refused;
        throw error;
      }
    },
    extend: ({ event_id }, worker_id, fence) => claims.heartbeat({ event_id, worker_id, fence }),
    release: async ({ event_id }, worker_id, fence) => void (await claims.release({ event_id, worker_id, fence })),
    async report({ hint, worker, fence, events, next }) {
      const taken = await ingest.take({
        execution_id: hint.execution_id,
        worker_id: worker,
        command_event_id: hint.event_id,
        fence,
        events: events.map((body) => ({
          type: body.type,
          step: hint.step,
          payload: {},
          meta: {},
          worker_id: worker,
          event_id: undefined,
          body,
        })),
        ...(next ? { next } : {}),
      });
      return taken.next.map((given) => ({ ...givenHint(given, undefined), claimed: claimedOf(given) }));
    },
    async credential(name) {
      const found = await store.credentials.get(name);
      if (found) return { name: found.name, type: found.type, data: found.data };
      throw new NoetlError("not_found", "CREDENTIAL_NOT_FOUND", `credential not found: ${name}`);
    },
    putResult: (input) => store.results.put(input),
    getResult: (ref) => store.results.get(ref),
    async keychainGet(key) {
      const place = keychainPlace(key);
      const found = place && (await store.keychain.get(place));
      return found && found.expires_at > clock.now()
        ? { data: found.data as Json, expires_at: found.expires_at }
        : undefined;
    },
    async keychainPut(key, { data, expires_at }) {
      const place = keychainPlace(key);
      if (!place || !isObject(data)) return;
      await store.keychain.put(place, {
        data: data as JsonObject,
        credential_type: "keychain",
        cache_type: "token",
        expires_at,
      });
    },
  };
  return plane;
}

const claimedOf = ({ command, fence }: Given) => ({ outcome: "claimed" as const, command, fence });
