import { isNoetlError, type Json, NoetlError } from "@noetl/core";
import { segments } from "../endpoint.ts";
import { httpStatus, lacksRoute } from "../lacks-route.ts";
import type { Request } from "../request.ts";
import { listOf, objectOf, textOf } from "../shapes.ts";
import { againInput, cleanUpOneByOne, statusFromDetail } from "./older.ts";
import { compareEvents, eventShape, idsOf, startedShape, statusShape } from "./shapes.ts";
import type { CancelledExecution, Executions } from "./types.ts";

export function executions(request: Request): Executions {
  const at = (executionId: string, rest = "") => `executions/${segments(executionId)}${rest}`;

  const self: Executions = {
    async start(input) {
      const { merge, ...rest } = input;
      // A boolean is what every generation reads.
      const body = { ...rest, ...(merge === undefined ? {} : { merge: merge === "deep" }), resource_kind: "playbook" };
      // With a dedup key a repeated start finds the first one.
      return startedShape(await request("execute", { method: "POST", body, idempotent: input.dedup !== undefined }));
    },
    async rerun(executionId, workload) {
      const body = { workload, resource_kind: "playbook" };
      try {
        return startedShape(await request(at(executionId, "/rerun"), { method: "POST", body }));
      } catch (error) {
        if (!lacksRoute(error)) throw error;
      }
      // No such route, or no such execution: reading it tells.
      return self.start(againInput(await self.get(executionId), workload));
    },
    async status(executionId, options = {}) {
      try {
        const query = options.full ? { full: true } : {};
        return statusShape(executionId, await request(at(executionId, "/status"), { query }));
      } catch (error) {
        if (!lacksRoute(error)) throw error;
      }
      const detail = await request(at(executionId), { query: { page: 1, page_size: 10 } });
      return statusFromDetail(executionId, objectOf(detail));
    },
    async list(filter = {}) {
      const { page = 1, page_size = 50, ...rest } = filter;
      const body = await request("executions", {
        query: { page, page_size, limit: page_size, offset: (page - 1) * page_size, ...rest },
      });
      return listOf(body, "executions", "items").map((item) => statusShape("", item));
    },
    async get(executionId) {
      return objectOf(await request(at(executionId), { query: { page: 1, page_size: 100 } }));
    },
    async events(executionId, filter = {}) {
      const { since, type, page = 1, page_size = 500 } = filter;
      const query = { page, page_size, order: "asc", since_event_id: since, event_type: type };
      let body: Json;
      try {
        body = await request(at(executionId, "/events"), { query });
      } catch (error) {
        if (!lacksRoute(error)) throw error;
        body = await request(at(executionId), { query });
      }
      const events = listOf(body, "events").map(eventShape).sort(compareEvents);
      return type === undefined ? events : events.filter((event) => event.event_type === type);
    },
    async cancel(executionId, options = {}) {
      const body = {
        cascade: options.cascade ?? true,
        ...(options.reason === undefined ? {} : { reason: options.reason }),
      };
      try {
        return cancelShape(await request(at(executionId, "/cancel"), { method: "POST", body, idempotent: true }));
      } catch (error) {
        // Older servers refuse to cancel what is over (cli §4.2.2).
        const status = httpStatus(error);
        if (!isNoetlError(error) || (status !== 400 && status !== 409 && status !== 422)) throw error;
        return { status: "already_completed", finished: true, cancelled: [], message: error.message, raw: null };
      }
    },
    async cleanup(options) {
      try {
        const body = objectOf(await request("executions/cleanup", { method: "POST", body: options }));
        const ids = idsOf(body.execution_ids);
        return { count: Number(body.cancelled_count ?? ids.length), execution_ids: ids, message: textOf(body.message) };
      } catch (error) {
        if (!lacksRoute(error)) throw error;
        const before = Date.now() - options.older_than_minutes * 60_000;
        return cleanUpOneByOne(request, self, { before, dryRun: options.dry_run });
      }
    },
  };
  return self;
}

function cancelShape(raw: Json): CancelledExecution {
  const body = objectOf(raw);
  const status = String(body.status ?? "cancelled").toLowerCase();
  if (status === "not_found") {
    throw new NoetlError("not_found", "EXECUTION_NOT_FOUND", textOf(body.message) ?? "there is no such execution");
  }
  return {
    status,
    finished: status === "error" || status === "already_completed",
    cancelled: body.cancelled_executions === undefined ? null : idsOf(body.cancelled_executions),
    message: textOf(body.message),
    raw,
  };
}
