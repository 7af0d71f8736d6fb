import { z } from "zod";
import type { ServerContext } from "../context.ts";
import type { Route } from "../http/route.ts";
import { route } from "../http/route.ts";
import { count, id } from "../http/schemas.ts";
import { hashOfId } from "../wire/xxhash64.ts";

/** server-api §2.9: what clients may rely on. */
export function runtimeRoutes(context: ServerContext, all: () => readonly Route[]): Route[] {
  const { config, version } = context;
  const paths = (open: boolean) =>
    all()
      .filter((each) => (each.guard === "open") === open)
      .flatMap((each) => [each.method].flat().map((method) => `${method} ${each.path}`));
  const operation = (method: string, path: string, body?: object) => ({ method, path, ...(body ? { body } : {}) });

  return [
    route("GET", "/api/runtime/contract", {
      tag: "runtime",
      summary: "Routes and abilities of this server",
      guard: "open",
      handle: () => ({
        server_version: version,
        gateway_version: version,
        contract_version: "2026-04-26",
        summary: "NoETL control plane: playbooks, executions, workers, credentials",
        routes: { public: paths(true), protected: paths(false) },
        proxy_contract: {
          incoming_prefix: "/api/",
          upstream_prefix: "/api/",
          supported_methods: ["GET", "POST", "PUT", "DELETE"],
          authentication: {
            required: config.apiToken !== undefined,
            accepted_headers: ["Authorization: Bearer", "X-Session-Token"],
            middleware: "bearer",
          },
          forwarded_request_headers: ["authorization", "content-type", "idempotency-key", "last-event-id"],
          forwarded_response_headers: ["content-type", "retry-after"],
        },
        cli_operation_mapping: {
          exec: "POST /api/execute",
          status: "GET /api/executions/{id}/status",
          detail: "GET /api/executions/{id}",
          events: "GET /api/executions/{id}/events",
          cancel: "POST /api/executions/{id}/cancel",
          catalog_list: "POST /api/catalog/list",
          agent_catalog_list: "POST /api/catalog/agents/list",
          catalog_register: "POST /api/catalog/register",
          query: "POST /api/postgres/execute",
        },
        execution_contract: {
          start: operation("POST", "/api/execute", { path: "string", workload: "object", version: "int|latest" }),
          status: operation("GET", "/api/executions/{id}/status"),
          detail: operation("GET", "/api/executions/{id}"),
          events: operation("GET", "/api/executions/{id}/events"),
          cancel: operation("POST", "/api/executions/{id}/cancel", { reason: "string", cascade: "bool" }),
        },
        agent_contract: {
          model: "playbook",
          discovery: "POST /api/catalog/agents/list",
          invocation: "POST /api/execute",
          state: "GET /api/executions/{id}/status",
        },
        capabilities: {
          nats: config.bus === "broker",
          sse: true,
          poll: true,
          sealed_credentials: true,
          result_store: true,
          batch_async: false,
          command_heartbeat: true,
          fencing: true,
          schedules: config.roles.includes("system"),
          openapi: "/api/openapi.json",
        },
      }),
    }),
    route("GET", "/api/runtime/shard-info", {
      tag: "runtime",
      summary: "Shard of an execution",
      query: z.object({ execution_id: id, shard_count: count(1, 1_024, 1) }),
      handle: ({ query }) => ({
        execution_id: query.execution_id,
        shard_count: query.shard_count,
        shard_index: Number(hashOfId(BigInt(query.execution_id)) % BigInt(query.shard_count)),
        source: "noetl-server",
        hash_function: "twox_hash::XxHash64",
        seed: 0,
        server_config: { shard_index: 0, shard_count: 1 },
      }),
    }),
  ];
}
