import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, beforeEach, describe, test } from "node:test";
import { type JsonObject, parseJson } from "@noetl/core";
import { openMemoryStore } from "../sqlite/open.ts";
import { decrypt, encrypt } from "./cipher.ts";
import { seal, unseal } from "./envelope.ts";
import { environmentKeys } from "./environment.ts";
import type { Wrapper } from "./wrapper.ts";

const OLD = Buffer.alloc(32, 5).toString("base64");

/** Speaks as Vault's transit engine, the metadata server and Cloud KMS do; its keys are versions that only it holds. */
describe("keepers of keys", () => {
  const asked: { path: string; headers: NodeJS.Dict<string | string[]> }[] = [];
  let version = 1;
  let status = 200;
  let url = "";
  let host = "";

  const server = createServer(async (request, response) => {
    let text = "";
    for await (const chunk of request) text += chunk;
    const path = request.url ?? "";
    asked.push({ path, headers: request.headers });
    response.statusCode = status;
    response.end(
      JSON.stringify(status === 200 ? answer(path, text === "" ? {} : parse(text)) : { errors: ["permission denied"] }),
    );
  });
  const parse = (text: string) => parseJson(text) as JsonObject;
  const keyOf = (name: string, of: string) => Buffer.from(`${name}${of}`.padEnd(32, "k").slice(-32));

  function answer(path: string, body: JsonObject): JsonObject {
    const [, action, name = ""] = /^\/v1\/transit\/(encrypt|decrypt)\/(.+)$/.exec(path) ?? [];
    if (action === "encrypt") {
      const sealed = encrypt(Buffer.from(String(body.plaintext), "base64"), keyOf(name, `v${version}`));
      return { data: { ciphertext: `vault:v${version}:${sealed}` } };
    }
    if (action === "decrypt") {
      const [, of = "", sealed = ""] = String(body.ciphertext).split(":");
      return { data: { plaintext: decrypt(sealed, keyOf(name, of)).toString("base64") } };
    }
    if (path.endsWith("/token")) return { access_token: "of-the-machine", expires_in: 60 };
    const [, key = "", verb] = /^\/v1\/(.+):(encrypt|decrypt)$/.exec(path) ?? [];
    if (verb === "encrypt") {
      const ciphertext = encrypt(Buffer.from(String(body.plaintext), "base64"), keyOf(key, "3"));
      return { name: `${key}/cryptoKeyVersions/3`, ciphertext };
    }
    return { plaintext: decrypt(String(body.ciphertext), keyOf(key, "3")).toString("base64") };
  }

  before(async () => {
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    url = `http://${host}`;
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });
  beforeEach(() => {
    asked.length = 0;
    version = 1;
    status = 200;
  });

  const vault = (more: { [name: string]: string } = {}) => ({
    NOETL_KMS_PROVIDER: "vault-transit",
    NOETL_VAULT_ADDR: url,
    NOETL_VAULT_TOKEN: "s.token",
    NOETL_VAULT_TRANSIT_KEY: "noetl",
    ...more,
  });
  async function current(env: { [name: string]: string }): Promise<Wrapper> {
    const keys = environmentKeys(env);
    assert.ok(keys);
    return keys.current();
  }

  test("Vault transit: the data key goes there and back, the text never", async () => {
    const wrapper = await current(vault({ VAULT_NAMESPACE: "team" }));
    const record = await seal("secret text", wrapper);
    const { dek } = JSON.parse(record);
    assert.deepEqual([dek.p, dek.kid, dek.kv], ["vault-transit", "transit/noetl", "v1"]);
    assert.equal(await unseal(record, [wrapper]), "secret text");
    assert.deepEqual(
      asked.map(({ path }) => path),
      ["/v1/transit/encrypt/noetl", "/v1/transit/decrypt/noetl"],
    );
    assert.equal(asked[0]?.headers["x-vault-token"], "s.token");
    assert.equal(asked[0]?.headers["x-vault-namespace"], "team");
  });

  test("what a local key wrote is read beside it and moved by rotation; then the key of the keeper rotates, too", async () => {
    const keys = environmentKeys(vault({ NOETL_ENCRYPTION_KEY: OLD }));
    const before = environmentKeys({ NOETL_ENCRYPTION_KEY: OLD });
    assert.ok(keys && before);
    let now = before;
    const store = await openMemoryStore({ keys: { current: () => now.current(), all: () => now.all() } });
    try {
      await store.credentials.put({ name: "c", type: "t", data: { password: "pw" } });
      now = keys;
      assert.deepEqual((await store.credentials.get("c"))?.data, { password: "pw" });
      await store.credentials.put({ name: "d", type: "t", data: { password: "pw-2" } });
      assert.equal((await store.keyStatus()).stale, 1);
      assert.deepEqual([(await store.rekey()).rewrapped, (await store.rekey()).rewrapped], [1, 0]);

      now = environmentKeys(vault()) ?? keys;
      assert.deepEqual((await store.credentials.get("c"))?.data, { password: "pw" }, "without the old key");
      version = 2;
      assert.equal((await store.keyStatus()).stale, 2);
      assert.deepEqual(await store.rekey({ fresh: true }), { rewrapped: 2, renewed: false });
      const { current, records, readable } = await store.keyStatus();
      assert.equal(current, "vault-transit:transit/noetl:v2");
      assert.deepEqual([records, readable], [{ [current]: 2 }, ["vault-transit:transit/noetl"]]);
      assert.deepEqual((await store.credentials.get("d"))?.data, { password: "pw-2" });

      now = before;
      await assert.rejects(store.credentials.get("c"), { meaning: "auth", code: "WRONG_ENCRYPTION_KEY" });
      now = environmentKeys(vault({ NOETL_VAULT_TRANSIT_KEY: "another" })) ?? keys;
      status = 400;
      await assert.rejects(store.credentials.get("c"), { meaning: "auth", code: "KMS_REFUSED" });
      await assert.rejects(store.rekey(), { meaning: "auth" });
    } finally {
      await store.close();
    }
  });

  test("Google Cloud KMS: under the identity of the machine", async () => {
    const key = "projects/p/locations/l/keyRings/r/cryptoKeys/k";
    const env = { NOETL_KMS_PROVIDER: "gcp-kms", NOETL_GCP_KMS_KEY: key, NOETL_GCP_KMS_ENDPOINT: url };
    const wrapper = await current({ ...env, GCE_METADATA_HOST: host });
    const record = await seal("secret text", wrapper);
    assert.equal(JSON.parse(record).dek.kv, "3");
    assert.equal(await unseal(record, [wrapper]), "secret text");
    assert.equal(asked[1]?.path, `/v1/${key}:encrypt`);
    assert.equal(asked[1]?.headers.authorization, "Bearer of-the-machine");
  });

  test("a keeper that refuses, and one that cannot be reached, are told apart; no key material is told", async () => {
    const wrapper = await current(vault());
    status = 403;
    await assert.rejects(seal("x", wrapper), { meaning: "auth", message: /HTTP 403 \(permission denied\)/ });
    status = 503;
    await assert.rejects(seal("x", wrapper), { meaning: "unavailable" });
    const gone = await current(vault({ NOETL_VAULT_ADDR: "http://127.0.0.1:1" }));
    await assert.rejects(seal("x", gone), { meaning: "unavailable", code: "KMS_UNREACHABLE" });
  });

  test("settings that are missing or unknown are named", () => {
    assert.throws(() => environmentKeys({ NOETL_KMS_PROVIDER: "paper" }), /'paper' is not known/);
    assert.throws(() => environmentKeys({ NOETL_KMS_PROVIDER: "gcp-kms" }), /needs NOETL_GCP_KMS_KEY/);
    assert.throws(() => environmentKeys({ ...vault(), NOETL_VAULT_TOKEN: "" }), /needs NOETL_VAULT_TOKEN/);
    assert.throws(() => environmentKeys({ ...vault(), NOETL_VAULT_ADDR: "" }), /needs NOETL_VAULT_ADDR/);
  });
});
