import assert from "node:assert/strict";
import { test } from "node:test";
import { attacked } from "./attacked.ts";

/** What says only that it lives, what it is and what can be asked. */
const OPEN = new Set(["/", "/health", "/api/health", "/api/openapi.json", "/metrics", "/api/runtime/contract"]);
const SECRET = "of the only playbook";

test("who has no token reaches nothing but what says that the server lives", async (t) => {
  const env = { NOETL_API_TOKEN: "sesame-canary", NOETL_INTERNAL_API_TOKEN: "inner-canary" };
  const server = await attacked(env);
  t.after(() => server.close());
  const content = `apiVersion: noetl.io/v2\nkind: Playbook\nmetadata: {name: p, path: hidden}\nworkflow:\n  - step: start\n    tool: {kind: noop, result: ${SECRET}}\n`;
  assert.equal((await server.call("POST", "/api/catalog/register", { content })).status, 200);
  const { id } = await server.run("hidden");

  const { paths } = JSON.parse((await server.call("GET", "/api/openapi.json")).text) as { paths: object };
  const callers: { [name: string]: string }[] = [
    {},
    { authorization: "Bearer " },
    { authorization: "Bearer sesame" },
    { authorization: "Basic c2VzYW1lLWNhbmFyeQ==" },
    { "x-session-token": "guessed" },
    { origin: "http://127.0.0.1", "x-forwarded-for": "127.0.0.1", host: "localhost" },
  ];
  for (const [path, methods] of Object.entries(paths as { [path: string]: object })) {
    const address = path.replaceAll(/\{[^}]+\}/g, id);
    if (OPEN.has(path)) continue;
    for (const method of Object.keys(methods)) {
      for (const headers of callers) {
        const { status, text } = await server.raw(method.toUpperCase(), address, headers);
        // 503: the internal API is off where it has no token.
        assert.ok([401, 403].includes(status), `${method} ${path} ${JSON.stringify(headers)}: ${status} ${text}`);
      }
    }
  }
  // Other spellings of an address are not other doors.
  for (const address of [
    `/api/executions/${id}/`,
    `//api/executions/${id}`,
    `/api//executions/${id}`,
    `/api/./executions/${id}`,
    `/health/../api/executions/${id}`,
    `/%61pi/executions/${id}`,
    `/API/executions/${id}`,
    `/api/executions/${id};x=/health`,
    `/api/executions/${id}%3f`,
    `http://127.0.0.1/api/executions/${id}`,
  ]) {
    for (const method of ["GET", "HEAD", "OPTIONS"]) {
      const { status, text } = await server.raw(method, address);
      assert.ok(status >= 400 || text === "", `${method} ${address}: ${status} ${text}`);
      assert.ok(!text.includes("hidden"), address);
    }
  }
  for (const address of OPEN) {
    const { text } = await server.raw("GET", address);
    for (const word of [SECRET, "hidden", ...Object.values(env)])
      assert.ok(!text.includes(word), `${address}: ${word}`);
  }
  const { status } = await server.call("GET", `/api/executions/${id}`);
  assert.equal(status, 200, "who has it reaches it");
});
