import assert from "node:assert/strict";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, it } from "node:test";
import type { Json, JsonObject } from "@noetl/core";
import type { Secrets } from "../secrets.ts";
import { readSecret } from "./index.ts";

const secrets = (credentials: { [name: string]: JsonObject } = {}, env: { [name: string]: string } = {}): Secrets => ({
  keychain: undefined as never,
  host: { now: () => Date.UTC(2026, 0, 2, 3, 4, 5), processEnv: env, fetch: globalThis.fetch },
  token: () => "",
  fetch: async () => {},
  credential: async (name) => ({ name, type: "generic", data: credentials[name] ?? {} }),
  bearer: async () => "bearer-token",
});

async function withServer(
  answer: (request: IncomingMessage, body: string) => Json,
  work: (url: string, asked: { url: string; headers: IncomingMessage["headers"]; body: string }[]) => Promise<void>,
): Promise<void> {
  const asked: { url: string; headers: IncomingMessage["headers"]; body: string }[] = [];
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    asked.push({ url: request.url ?? "", headers: request.headers, body });
    response.end(JSON.stringify(answer(request, body)));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    await work(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}
const b64 = (text: string) => Buffer.from(text).toString("base64");

describe("secret stores (DSL §9.1)", () => {
  it("env: a variable, JSON as a map", async () => {
    const env = { A: "x", B: '{"k": 1}', C: "{not json" };
    const read = (path: string) => readSecret(secrets({}, env), "env", path, {});
    assert.deepEqual([await read("A"), await read("B"), await read("C")], ["x", { k: 1 }, "{not json"]);
    await assert.rejects(read("D"), { message: /no variable D/ });
    await assert.rejects(readSecret(secrets(), "paper", "x", {}), { message: /'paper' is not known/ });
  });

  it("gcp: short names go to the project", async () => {
    await withServer(
      () => ({ payload: { data: b64("s") } }),
      async (url, asked) => {
        const env = { GOOGLE_CLOUD_PROJECT: "p" };
        assert.equal(await readSecret(secrets({}, env), "gcp", "db", { endpoint: url }), "s");
        assert.equal(asked[0]?.url, "/v1/projects/p/secrets/db/versions/latest:access");
        assert.equal(asked[0]?.headers.authorization, "Bearer bearer-token");
        await assert.rejects(readSecret(secrets(), "gcp", "db", { endpoint: url }), { code: "SECRET_PROJECT" });
      },
    );
  });

  it("aws: a signed request, one field of a JSON secret", async () => {
    await withServer(
      () => ({ SecretString: '{"user": "u", "pass": "p"}' }),
      async (url, asked) => {
        const aws = { access_key_id: "AKID", secret_access_key: "key", session_token: "session" };
        const config = { auth: "aws", region: "eu-west-1", endpoint: url };
        assert.equal(await readSecret(secrets({ aws }), "aws", "app/db#pass", config), "p");
        assert.deepEqual(JSON.parse(asked[0]?.body ?? ""), { SecretId: "app/db" });
        assert.equal(asked[0]?.headers["x-amz-date"], "20260102T030405Z");
        assert.match(
          asked[0]?.headers.authorization ?? "",
          /^AWS4-HMAC-SHA256 Credential=AKID\/20260102\/eu-west-1\/secretsmanager\/aws4_request, SignedHeaders=content-type;host;x-amz-date;x-amz-security-token;x-amz-target, Signature=[0-9a-f]{64}$/,
        );
        await assert.rejects(readSecret(secrets(), "aws", "x", {}), { message: /a region and an access key id/ });
      },
    );
  });

  it("azure: signs in, then reads the vault", async () => {
    await withServer(
      (request) => (request.url?.includes("oauth2") ? { access_token: "az" } : { value: "s" }),
      async (url, asked) => {
        const az = { tenant_id: "t", client_id: "i", client_secret: "c", authority: url };
        assert.equal(await readSecret(secrets({ az }), "azure", "db-pass", { auth: "az", endpoint: url }), "s");
        assert.deepEqual(
          asked.map((one) => one.url),
          ["/t/oauth2/v2.0/token", "/secrets/db-pass?api-version=7.4"],
        );
        assert.equal(asked[1]?.headers.authorization, "Bearer az");
      },
    );
  });

  it("vault: version 1 and 2, a field or the whole", async () => {
    await withServer(
      (request) => ({ data: request.url?.includes("/data/") ? { data: { a: "2" }, metadata: {} } : { a: "1" } }),
      async (url) => {
        const read = (path: string) =>
          readSecret(secrets({}, { VAULT_ADDR: url, VAULT_TOKEN: "t" }), "vault", path, {});
        assert.deepEqual([await read("kv/x#a"), await read("kv/data/x#a"), await read("kv/x")], ["1", "2", { a: "1" }]);
        await assert.rejects(read("kv/x#b"), { code: "SECRET_FIELD" });
        await assert.rejects(readSecret(secrets(), "vault", "x", {}), { code: "VAULT_CREDENTIALS" });
      },
    );
  });

  it("k8s: namespace, name and key", async () => {
    await withServer(
      () => ({ data: { pass: b64("s") } }),
      async (url, asked) => {
        const k = { token: "t", server: url };
        assert.equal(await readSecret(secrets({ k }), "k8s", "ns/app/pass", { auth: "k" }), "s");
        assert.equal(asked[0]?.url, "/api/v1/namespaces/ns/secrets/app");
        await assert.rejects(readSecret(secrets({ k }), "k8s", "app", { auth: "k" }), { code: "SECRET_PATH" });
      },
    );
  });
});
