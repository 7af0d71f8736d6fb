import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { isObject, type JsonObject } from "@noetl/core";
import { startServer, type TestServer } from "../testing/kit.ts";

/** server-api §2.1: tier 1. `*` stands for the rest of a path. */
const TIER_1 = `
GET /health
GET /api/health
GET /
GET /api/pool/status
GET /metrics
POST /api/catalog/register
POST /api/catalog/list
GET /api/catalog/list/:kind
POST /api/catalog/resource
POST /api/catalog/agents/list
GET /api/catalog/*
POST /api/catalog/delete
POST /api/catalog/restore
POST /api/execute
POST /api/execute/batch
POST /api/executions/:id/rerun
GET /api/executions
GET /api/executions/:id
GET /api/executions/:id/events
GET /api/executions/:id/status
POST /api/executions/:id/cancel
GET /api/executions/:id/cancellation-check
POST /api/executions/:id/finalize
POST /api/executions/cleanup
POST /api/events
POST /api/events/batch
GET /api/events/batch/:request_id/status
GET /api/events/batch/:request_id/stream
GET /api/commands/:id
POST /api/commands/:id/claim
POST /api/worker/pool/register
POST /api/worker/pool/heartbeat
POST /api/worker/pool/deregister
DELETE /api/worker/pool/deregister
GET /api/worker/pools
POST /api/credentials
GET /api/credentials
GET /api/credentials/:name
DELETE /api/credentials/:name
GET /api/credentials/:name/sealed
GET /api/keychain/:catalog_id/:name
POST /api/keychain/:catalog_id/:name
DELETE /api/keychain/:catalog_id/:name
GET /api/keychain/catalog/:catalog_id
GET /api/vars/:execution_id
POST /api/vars/:execution_id
DELETE /api/vars/:execution_id
GET /api/vars/:execution_id/:name
DELETE /api/vars/:execution_id/:name
PUT /api/result/:execution_id
GET /api/result/resolve
POST /api/db/init
GET /api/db/validate
POST /api/postgres/execute
POST /api/auth/session/validate
POST /api/auth/login
POST /api/auth/check-playbook-access
GET /api/runtime/contract
GET /api/runtime/shard-info
GET /api/dashboard/stats
GET /api/dashboard/widgets
GET /api/status`;

/** server-api §2.18: tier 2, and what §2.7 and the decisions add. */
const TIER_2 = `
POST /api/internal/outbox/claim
POST /api/internal/outbox/mark-published
POST /api/internal/outbox/mark-failed
GET /api/internal/outbox/pending-count
POST /api/internal/events/project
POST /api/internal/events/materialize
POST /api/internal/projection/advance
POST /api/internal/projection/rebuild
POST /api/internal/cleanup/purge
POST /api/internal/container-callback/:execution_id/:step
PUT /api/internal/objects/*
GET /api/internal/objects/*
POST /api/internal/plugins/*
GET /api/internal/plugins/*
POST /api/internal/sink-state/:action
POST /api/internal/wallet/rotate-kek
GET /api/internal/wallet/key-status
GET /api/internal/secret-audit
GET /api/internal/ingress/:listener
POST /api/subscriptions/register
GET /api/subscriptions
GET /api/subscriptions/:id
POST /api/subscriptions/:id/:action
GET /api/result/:execution_id/:step
GET /api/result/:execution_id/list
DELETE /api/result/:execution_id
DELETE /api/result/:execution_id/step/:step
GET /api/result/stats
PUT /api/temp/:execution_id
GET /api/temp/resolve
GET /api/temp/:execution_id/:step
GET /api/temp/:execution_id/list
DELETE /api/temp/:execution_id
DELETE /api/temp/:execution_id/step/:step
GET /api/temp/stats
GET /api/replay/state
POST /api/stages/:stage_id/frames/claim
POST /api/frames/:frame_id/heartbeat
POST /api/frames/:frame_id/commit
POST /api/context/render
POST /api/mcp/*
GET /api/executions/:id/events/stream
POST /api/worker/pool/poll
GET /api/openapi.json`;

const INNER = { authorization: "Bearer inner" };

describe("the table of routes", () => {
  let server: TestServer;
  let documented: JsonObject;
  before(async () => {
    server = await startServer({ config: { internalToken: "inner" } });
    documented = (await server.ok("GET", "/api/openapi.json")).paths as JsonObject;
  });
  after(() => server.close());

  for (const line of `${TIER_1}${TIER_2}`.trim().split("\n")) {
    const [method = "", path = ""] = line.split(" ");
    it(line, async () => {
      const entry = documented[path.replaceAll(/:(\w+)/g, "{$1}").replaceAll("*", "{path}")];
      assert.ok(isObject(entry) && method.toLowerCase() in entry, "it is in the OpenAPI document");
      const address = path
        .replace("/sink-state/:action", "/sink-state/confirm")
        .replace("/:id/:action", "/7/pause")
        .replaceAll(/:\w+/g, "7")
        .replace("*", "none/ui_schema");
      // Nobody waits for commands.
      const body = method === "GET" ? undefined : { wait_ms: 0 };
      const answer = await server.call(method, address, body, INNER);
      const code = isObject(answer.body) ? answer.body.code : undefined;
      const known = code !== "NO_ROUTE" || path === "/api/mcp/*";
      assert.ok(known && answer.status < 500, `${answer.status} ${answer.text}`);
      if (answer.status < 400) return;
      // One shape of errors, whatever refused (server-api §1.3).
      assert.ok(isObject(answer.body) && typeof answer.body.error === "string" && "detail" in answer.body, answer.text);
      assert.equal(answer.body.status, answer.status);
    });
  }

  it("inner routes are closed to who has no token", async () => {
    for (const line of TIER_2.trim().split("\n")) {
      const [method = "", path = ""] = line.split(" ");
      if (!path.startsWith("/api/internal/")) continue;
      const address = path.replaceAll(/:\w+/g, "7").replace("*", "none");
      assert.equal((await server.call(method, address, method === "GET" ? undefined : {})).status, 403, line);
    }
  });
});
