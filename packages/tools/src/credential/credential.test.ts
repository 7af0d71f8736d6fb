import assert from "node:assert/strict";
import { createVerify, generateKeyPairSync } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { type Json, type JsonObject, NoetlError } from "@noetl/core";
import { configFields, producesToken, produceToken, secretValues, type TokenHost } from "./index.ts";

const host = (processEnv: TokenHost["processEnv"] = {}): TokenHost => ({
  now: () => Date.UTC(2026, 0, 1),
  processEnv,
  fetch: globalThis.fetch,
});

/** A token end point on a free port: gives `answer`, keeps bodies and paths. */
async function withServer(
  answer: (request: IncomingMessage) => Json | number,
  work: (url: string, asked: { url: string; body: URLSearchParams }[]) => Promise<void>,
): Promise<void> {
  const asked: { url: string; body: URLSearchParams }[] = [];
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    asked.push({ url: request.url ?? "", body: new URLSearchParams(body) });
    const said = answer(request);
    if (typeof said === "number") response.writeHead(said).end('{"error": "invalid_grant", "secret": "echo"}');
    else response.end(typeof said === "string" ? said : JSON.stringify(said));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    await work(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

describe("credential types (DSL §9.2)", () => {
  const fields = (type: string, data: JsonObject) => configFields({ type, data });

  it("maps the names of a type to those tools use, prefixed ones first", () => {
    assert.deepEqual(
      fields("postgres", { db_host: "h", db_port: "5433", db_user: "u", db_password: "p", db_name: "d" }),
      {
        db_host: "h",
        db_port: "5433",
        db_user: "u",
        db_password: "p",
        db_name: "d",
        host: "h",
        port: 5433,
        user: "u",
        password: "p",
        database: "d",
      },
    );
    assert.equal(fields("Postgres", { dsn: "postgres://x" }).connection_string, "postgres://x");
    assert.equal(fields("nats", { nats_url: "nats://h" }).url, "nats://h");
    assert.equal(fields("http_bearer", { access_token: "t" }).token, "t");
    assert.equal(fields("snowflake", { sf_account: "a", account: "b" }).account, "a");
    assert.deepEqual(fields("kafka", { brokers: "b" }), { brokers: "b" });
  });

  it("tells secrets from what says where and as whom", () => {
    const found = secretValues({
      db_host: "localhost",
      db_user: "postgres",
      db_port: "5432",
      db_password: "hunter22",
      dsn: "postgres://me:p%40ss@host/db",
      conn: "host=h password='quoted pw' user=u",
      nats_url: "nats://host:4222",
      hook: { url: "https://hooks.example/services/T0000/B0000/XXXXXXXXXXXXXXXXXXXXXXXX" },
      pin: 123456,
    });
    for (const secret of ["hunter22", "p%40ss", "p@ss", "quoted pw", "123456"])
      assert.ok(found.includes(secret), secret);
    assert.ok(found.some((secret) => secret.startsWith("https://hooks")));
    for (const open of ["localhost", "postgres", "5432", "nats://host:4222"]) assert.ok(!found.includes(open), open);
  });
});

describe("tokens (worker-and-tools §10.4)", () => {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const account = (token_uri: string) => ({
    type: "service_account",
    client_email: "svc@project",
    private_key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    private_key_id: "k1",
    token_uri,
  });

  it("signs the grant of a service account for scopes, or an audience", async () => {
    await withServer(
      () => ({ access_token: "access", id_token: "identity", expires_in: 100 }),
      async (url, asked) => {
        const credential = { name: "g", type: "google_service_account", data: account(url) };
        const made = await produceToken(host(), credential, { scopes: ["a", "b"] });
        assert.deepEqual([made.token, made.expires_at - host().now()], ["access", 100_000]);
        const [header = "", claim = "", signature = ""] = (asked[0]?.body.get("assertion") ?? "").split(".");
        const claims = JSON.parse(Buffer.from(claim, "base64url").toString());
        assert.deepEqual([claims.iss, claims.aud, claims.scope], ["svc@project", url, "a b"]);
        assert.ok(createVerify("RSA-SHA256").update(`${header}.${claim}`).verify(publicKey, signature, "base64url"));

        const identity = {
          name: "g",
          type: "google_id_token",
          data: { json: JSON.stringify(account(url)), target_audience: "aud" },
        };
        assert.equal((await produceToken(host(), identity)).token, "identity");
      },
    );
  });

  it("refreshes a user's token, and asks with client credentials", async () => {
    await withServer(
      () => ({ access_token: "access", expires_in: 100 }),
      async (url, asked) => {
        const user = { refresh_token: "r", client_id: "i", client_secret: "s", token_uri: url };
        await produceToken(host(), { name: "u", type: "google_oauth", data: user });
        const client = { client_id: "i", client_secret: "s", token_url: url, scope: "x y" };
        await produceToken(host(), { name: "c", type: "oauth2_client_credentials", data: client });
        assert.deepEqual(
          asked.map(({ body }) => [body.get("grant_type"), body.get("scope")]),
          [
            ["refresh_token", null],
            ["client_credentials", "x y"],
          ],
        );
      },
    );
  });

  it("finds application default credentials in a file, else at the metadata server", async () => {
    const folder = await mkdtemp(join(tmpdir(), "noetl-adc-"));
    try {
      await withServer(
        (request) => (request.url?.includes("identity") ? "identity-token" : { access_token: "meta", expires_in: 60 }),
        async (url, asked) => {
          const file = join(folder, "adc.json");
          await writeFile(file, JSON.stringify(account(url)));
          assert.equal((await produceToken(host({ GOOGLE_APPLICATION_CREDENTIALS: file }), undefined)).token, "meta");
          const env = { GCE_METADATA_HOST: url.slice("http://".length), CLOUDSDK_CONFIG: folder };
          assert.equal((await produceToken(host(env), undefined)).token, "meta");
          const adc = { name: "a", type: "gcp_adc", data: {} };
          assert.equal((await produceToken(host(env), adc, { audience: "a b" })).token, "identity-token");
          assert.match(asked.at(-1)?.url ?? "", /audience=a%20b/);
        },
      );
      await assert.rejects(produceToken(host({ GOOGLE_APPLICATION_CREDENTIALS: join(folder, "none") }), undefined), {
        code: "ADC_FILE",
      });
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it("says what is for ever and what may pass, and quotes no answer", async () => {
    const meaning = async (status: number) => {
      let thrown: unknown;
      await withServer(
        () => status,
        async (url) => {
          const data = { client_id: "i", client_secret: "s", token_url: url };
          thrown = await produceToken(host(), { name: "c", type: "oauth2", data }).catch((error: unknown) => error);
        },
      );
      assert.ok(thrown instanceof NoetlError);
      assert.match(thrown.message, /invalid_grant/);
      assert.doesNotMatch(thrown.message, /echo/);
      return thrown.meaning;
    };
    assert.deepEqual(
      [await meaning(400), await meaning(503), await meaning(429)],
      ["auth", "unavailable", "unavailable"],
    );
    const refused = { client_id: "i", client_secret: "s", token_url: "http://127.0.0.1:1/x" };
    await assert.rejects(produceToken(host(), { name: "c", type: "oauth2", data: refused }), {
      meaning: "unavailable",
    });
    await assert.rejects(produceToken(host(), { name: "c", type: "oauth2", data: {} }), { meaning: "auth" });
    await assert.rejects(produceToken(host(), { name: "g", type: "google_oauth", data: { json: "{not json" } }), {
      message: /is not JSON/,
    });
  });

  it("reads the token of every other type", async () => {
    assert.ok(!producesToken("bearer_token"));
    const made = await produceToken(host(), { name: "b", type: "bearer", data: { access_token: "t" } });
    assert.equal(made.token, "t");
  });
});
