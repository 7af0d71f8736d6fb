import assert from "node:assert/strict";
import { createDecipheriv, createPublicKey, diffieHellman, generateKeyPairSync, hkdfSync } from "node:crypto";
import { request } from "node:https";
import { describe, it } from "node:test";
import { openInProcessBus } from "@noetl/bus";
import { type JsonObject, snowflakes, systemClock } from "@noetl/core";
import { openMemoryStore } from "@noetl/store";
import { createRegistry } from "@noetl/tools";
import { selfSigned } from "../../../../test/services/certificate.ts";
import { defaults, serverConfig } from "../config/config.ts";
import { seal } from "../credentials/seal.ts";
import { silent } from "../log.ts";
import { openServer } from "../server.ts";
import { startServer } from "../testing/kit.ts";

describe("access", () => {
  it("needs the token where one is set, except for what says only that it lives", async () => {
    const server = await startServer({ config: { apiToken: "sesame", internalToken: "inner" } });
    const status = async (path: string, headers = {}) => (await server.call("GET", path, undefined, headers)).status;
    assert.equal(await status("/api/executions"), 401);
    assert.equal(await status("/api/executions", { authorization: "Bearer nonsense" }), 403);
    assert.equal(await status("/api/executions", { authorization: "Bearer sesame" }), 200);
    assert.equal(await status("/api/executions", { "x-session-token": "sesame" }), 200);
    assert.equal(await status("/api/internal/outbox/pending-count", { authorization: "Bearer sesame" }), 403);
    for (const path of ["/health", "/api/health", "/metrics", "/api/openapi.json"])
      assert.equal(await status(path), 200, path);
    const remove = (token: string) =>
      server.call("POST", "/api/catalog/delete", { path: "x" }, { authorization: `Bearer ${token}` });
    for (const token of ["sesame", "inner"]) assert.equal((await remove(token)).status, 200);
    await server.close();
  });

  it("is not given wider than this machine without a token", async () => {
    const store = await openMemoryStore();
    const open = (config: Partial<typeof defaults>) =>
      openServer({
        store,
        bus: openInProcessBus(),
        config: { ...defaults, host: "0.0.0.0", port: 0, ...config },
        clock: systemClock,
        ids: snowflakes(),
        tools: createRegistry(),
        log: silent,
        version: "0",
      });
    assert.throws(() => open({}), /without a token is refused/);
    for (const config of [{ apiToken: "t" }, { insecure: true }]) await open(config).close();
    await store.close();
  });

  it("hands out secrets and runs statements only where it is trusted", async () => {
    const shut = await startServer({ config: { credentialData: false, sqlApi: false } });
    await shut.ok("POST", "/api/credentials", { name: "c", type: "generic", data: { token: "t" } });
    assert.equal((await shut.call("GET", "/api/credentials/c")).status, 200);
    assert.equal((await shut.call("GET", "/api/credentials/c?include_data=true")).status, 403);
    assert.equal((await shut.call("GET", "/api/keychain/1/x")).status, 403);
    assert.equal((await shut.call("POST", "/api/postgres/execute", { query: "SELECT 1" })).status, 403);
    await shut.close();
  });

  it("answers browsers of other origins, without credentials", async () => {
    const server = await startServer();
    const origin = { origin: "http://elsewhere.test" };
    const answer = await server.call("GET", "/health", undefined, origin);
    assert.equal(answer.headers.get("access-control-allow-origin"), "*");
    assert.equal(answer.headers.get("access-control-allow-credentials"), null);
    const preflight = await server.call("OPTIONS", "/api/execute", undefined, {
      ...origin,
      "access-control-request-method": "POST",
    });
    assert.equal(preflight.status, 204);
    assert.match(preflight.headers.get("access-control-allow-methods") ?? "", /POST/);
    await server.close();
  });

  it("speaks TLS", async () => {
    const { key, cert } = selfSigned();
    const server = await startServer({ config: { tls: { key, cert } } });
    assert.match(server.url, /^https:/);
    const body = await new Promise<string>((resolve, reject) => {
      const call = request(`${server.url}/health`, { ca: cert, servername: "localhost" }, (response) => {
        let text = "";
        response.on("data", (chunk: Buffer) => {
          text += chunk.toString();
        });
        response.on("end", () => resolve(text));
      });
      call.on("error", reject);
      call.end();
    });
    assert.equal(body, '{"status":"ok"}');
    await server.close();
  });
});

describe("configuration", () => {
  it("is read from the environment, and what is misspelt is refused by name", () => {
    const config = serverConfig({
      NOETL_PORT: "9000",
      NOETL_API_TOKEN: "t",
      NOETL_COMMAND_CLAIM_LEASE_SECONDS: "60",
      NOETL_DISABLE_METRICS: "true",
    });
    assert.deepEqual([config.port, config.apiToken, config.claim.leaseMs, config.metrics], [9000, "t", 60_000, false]);
    assert.equal(serverConfig({ NOETL_PORT: "9000" }, { port: 1 }).port, 1, "what is given counts more");
    assert.equal(serverConfig({ NOETL_PORT: "" }).port, 8082, "empty is not set");
    assert.throws(() => serverConfig({ NOETL_PORT: "ninety" }), /NOETL_PORT/);
    assert.throws(() => serverConfig({ NOETL_ENABLE_SQL_API: "perhaps" }), /NOETL_ENABLE_SQL_API/);
  });
});

describe("sealed credentials", () => {
  const SPKI = Buffer.from("302a300506032b656e032100", "hex");

  it("are read by the worker whose key it is, and by nobody else", async () => {
    const mine = generateKeyPairSync("x25519");
    const raw = mine.publicKey.export({ type: "spki", format: "der" }).subarray(SPKI.length);
    const server = await startServer();
    await server.ok("POST", "/api/credentials", { name: "c", type: "generic", data: { token: "sealed-secret" } });
    const path = "/api/credentials/c/sealed?worker_id=w";
    assert.equal((await server.call("GET", path)).status, 400, "no key yet");
    const runtime = { kind: "rust", worker_public_key: raw.toString("base64") };
    await server.ok("POST", "/api/worker/pool/register", { name: "w", runtime });
    const sealed = await server.call("GET", path);
    assert.ok(!sealed.text.includes("sealed-secret"));
    const { eph_pub, ciphertext, alg, v } = sealed.body as JsonObject;
    assert.deepEqual([alg, v], ["x25519-hkdf-sha256-chacha20-poly1305", 1]);
    const publicKey = createPublicKey({
      key: Buffer.concat([SPKI, Buffer.from(String(eph_pub), "base64")]),
      format: "der",
      type: "spki",
    });
    const read = (privateKey: typeof mine.privateKey) => {
      const shared = diffieHellman({ privateKey, publicKey });
      const key = Buffer.from(hkdfSync("sha256", shared, Buffer.alloc(0), "noetl-sealed-v1", 32));
      const bytes = Buffer.from(String(ciphertext), "base64");
      const cipher = createDecipheriv("chacha20-poly1305", key, bytes.subarray(0, 12), { authTagLength: 16 });
      cipher.setAuthTag(bytes.subarray(-16));
      return JSON.parse(Buffer.concat([cipher.update(bytes.subarray(12, -16)), cipher.final()]).toString("utf8"));
    };
    assert.deepEqual(read(mine.privateKey).data, { token: "sealed-secret" });
    assert.throws(() => read(generateKeyPairSync("x25519").privateKey));
    await server.close();
  });

  it("are refused for what is no key", () => assert.throws(() => seal("x", "c2hvcnQ="), /32 bytes/));
});
