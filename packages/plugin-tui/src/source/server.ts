import { type Client, type ExecutionEvent, isEnded, lacksRoute, liveEvents } from "@noetl/client";
import { isNoetlError, type Json, type JsonObject, NoetlError } from "@noetl/core";
import type { Playbook, ToolCatalog } from "@noetl/playbook";
import { msOf, pictureOfEvents, pictureOfReplay, pictureOfStatus, rowOf, timelineOf } from "./from-server.ts";
import type { ExecutionDetail, Source } from "./port.ts";
import { rendered } from "./rendered.ts";
import { readPlaybook, stepTemplates } from "./step-templates.ts";

const ROWS = 200;
const REPLAY_LIMIT = 100_000;

/** Executions of a server, ours or an older one. */
export function serverSource(client: Client, tools?: ToolCatalog): Source {
  const playbooks = new Map<string, Playbook | undefined>();

  async function textOf(detail: JsonObject): Promise<string | null> {
    const { catalog_id, path, version } = detail;
    try {
      if (typeof catalog_id === "string" && catalog_id !== "")
        return (await client.catalog.get({ catalog_id })).content;
      const known = typeof version === "string" || typeof version === "number" ? { version } : {};
      return (await client.catalog.get({ path: String(path ?? ""), ...known })).content;
    } catch (error) {
      // Deleted since: the run is shown without its graph.
      if (isNoetlError(error) && error.meaning === "not_found") return null;
      throw error;
    }
  }

  const self: Source = {
    kind: "server",
    label: client.endpoint.url,
    async find(ref) {
      try {
        return (await client.executions.status(ref)).execution_id;
      } catch (error) {
        if (!isNoetlError(error) || (error.meaning !== "not_found" && error.meaning !== "validation")) throw error;
        const rows = (await client.executions.list({ page_size: ROWS })).filter((row) =>
          row.execution_id.endsWith(ref),
        );
        const [only, other] = rows;
        if (only && !other) return only.execution_id;
        throw new NoetlError(
          "not_found",
          "EXECUTION_NOT_FOUND",
          other ? `several executions end in '${ref}'` : `${client.endpoint.url} has no execution '${ref}'`,
          { hint: "noetl executions list shows them; --local looks at the runs of this machine", cause: error },
        );
      }
    },
    executions: async () => (await client.executions.list({ page_size: ROWS })).map(rowOf),
    async execution(id): Promise<ExecutionDetail> {
      const [status, detail] = await Promise.all([client.executions.status(id), client.executions.get(id)]);
      const playbook = await textOf(detail);
      playbooks.set(id, readPlaybook(playbook, tools));
      const version =
        status.version ?? (detail.version === null || detail.version === undefined ? null : String(detail.version));
      return { ...rowOf(status), version, playbook, workload: workloadOf(detail) };
    },
    async *follow(id, since, signal) {
      let count = 0;
      const events = liveEvents(client, id, { since, signal });
      for await (const batch of events) {
        yield batch.map((event: ExecutionEvent) => timelineOf(event, ++count));
      }
    },
    async picture(id, at, events, signal) {
      if (at === undefined) {
        // Asked often while it runs: whole variables and the result come at the end.
        const status = await client.executions.status(id);
        if (!isEnded(status.status)) return pictureOfStatus(status, events);
        const now = pictureOfStatus(await client.executions.status(id, { full: true }), events);
        const last = events.at(-1)?.seq;
        if (last === undefined) return now;
        // Of what is over the status tells less than its log does: attempts and loops.
        const { steps } = await self.picture(id, last, events, signal);
        return { ...now, steps };
      }
      try {
        const query = { execution_id: id, as_of_position: at, limit: REPLAY_LIMIT };
        return pictureOfReplay(await client.request("replay/state", { query, signal }));
      } catch (error) {
        if (!lacksRoute(error)) throw error;
        return pictureOfEvents(events.filter(({ seq }) => seq <= at));
      }
    },
    async inputs(id, step, item, signal) {
      const playbook = playbooks.get(id) ?? readPlaybook((await self.execution(id, signal)).playbook, tools);
      const found = playbook && stepTemplates(playbook, step);
      if (!found) return { rendered: false, value: null, why: "the playbook is not there" };
      const render = async (template: Json, extra: JsonObject) => {
        const body = { execution_id: id, template, extra_context: extra, strict: false };
        const answer = await client.request("context/render", { method: "POST", body, idempotent: true, signal });
        return (answer as JsonObject).rendered ?? null;
      };
      return rendered(found, item, render);
    },
    async playbooks() {
      const items = await client.catalog.list({ kind: "playbook", latest_only: true, limit: ROWS });
      const newest = new Map<string, (typeof items)[number]>();
      for (const one of items) {
        const known = newest.get(one.path);
        if (!known || (one.version ?? 0) > (known.version ?? 0)) newest.set(one.path, one);
      }
      return [...newest.values()]
        .map(({ path, version, created_at }) => ({
          path,
          version: version === null ? null : String(version),
          changedAt: msOf(created_at),
        }))
        .sort((a, b) => (a.path < b.path ? -1 : 1));
    },
    async playbook(path, version) {
      const item = await client.catalog.get({ path, ...(version === null ? {} : { version }) });
      return { path, version: item.version === null ? version : String(item.version), text: item.content ?? "" };
    },
    async workforce() {
      const [workers, queues] = await Promise.all([client.system.workers(), client.system.queues()]);
      return {
        workers: workers.map(({ name, status, pool, capacity, heartbeat, raw }) => {
          const runtime = (raw.runtime ?? {}) as JsonObject;
          return {
            name,
            status,
            pool,
            capacity,
            heartbeatAt: msOf(heartbeat),
            host: typeof runtime.hostname === "string" ? runtime.hostname : null,
            pid: typeof runtime.pid === "number" ? runtime.pid : null,
          };
        }),
        ...(queues
          ? { queues: queues.map(({ pool, pending, running }) => ({ pool, waiting: pending, running })) }
          : {}),
      };
    },
    async start(path, version, workload) {
      const started = await client.executions.start({ path, workload, ...(version === null ? {} : { version }) });
      return idOf(started.execution_id);
    },
    rerun: async (id) => idOf((await client.executions.rerun(id, {})).execution_id),
    async cancel(id) {
      const { finished, message, cancelled } = await client.executions.cancel(id);
      if (finished) return message ?? "it was over already";
      const others = (cancelled?.length ?? 1) - 1;
      return others > 0 ? `cancelled, with ${others} that it started` : "cancelled";
    },
    close: async () => {},
  };
  return self;
}

function workloadOf(detail: JsonObject): JsonObject {
  const { workload } = detail;
  return typeof workload === "object" && workload !== null && !Array.isArray(workload) ? workload : {};
}

function idOf(id: string): string {
  if (id !== "") return id;
  throw new NoetlError("terminal", "E_ANSWER", "the server did not say which execution it started");
}
