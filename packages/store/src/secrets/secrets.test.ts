import assert from "node:assert/strict";
import { chmod, link, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, type TestContext, test } from "node:test";
import { openSqliteStore } from "../sqlite/open.ts";
import type { Store } from "../store.ts";
import { rewrap, seal, unseal } from "./envelope.ts";
import { environmentKeys } from "./environment.ts";
import { fileKeys } from "./key-file.ts";
import { fixedKeys, parseKey } from "./keys.ts";
import { fingerprint, type Key, localWrapper } from "./wrapper.ts";

const key = (fill: number): Key => ({ id: `k${fill}`, bytes: new Uint8Array(32).fill(fill) });
const local = (fill: number) => localWrapper(key(fill));

describe("envelope", () => {
  test("has the shape other servers read, a fresh data key each time, and nothing of the text", async () => {
    const [one, two] = [await seal("secret text", local(1)), await seal("secret text", local(1))];
    const record = JSON.parse(one);
    assert.deepEqual(Object.keys(record), ["v", "alg", "ct", "dek"]);
    assert.deepEqual(Object.keys(record.dek), ["p", "kid", "kv", "ct"]);
    assert.equal(Buffer.from(record.ct, "base64").length, 12 + "secret text".length + 16);
    assert.equal(Buffer.from(record.dek.ct, "base64").length, 12 + 32 + 16);
    assert.notEqual(record.dek.ct, JSON.parse(two).dek.ct);
    assert.ok(!one.includes("secret"));
    assert.equal(await unseal(one, [local(1)]), "secret text");
  });

  test("opens with any of the keys, also when the record names its key otherwise", async () => {
    const record = JSON.parse(await seal("x", local(1)));
    record.dek.kv = "v1";
    assert.equal(await unseal(JSON.stringify(record), [local(2), local(1)]), "x");
  });

  test("a wrong key is an auth error that tells what to do", async () => {
    const record = await seal("x", local(1));
    await assert.rejects(unseal(record, [local(2)]), { meaning: "auth", code: "WRONG_ENCRYPTION_KEY" });
  });

  test("a changed record is damaged, not garbage", async () => {
    const record = JSON.parse(await seal("x", local(1)));
    const bytes = Buffer.from(record.ct, "base64");
    bytes[13] = (bytes[13] ?? 0) ^ 1;
    record.ct = bytes.toString("base64");
    await assert.rejects(unseal(JSON.stringify(record), [local(1)]), { meaning: "terminal", code: "SECRET_DAMAGED" });
  });

  test("a plain JSON object of an older server is read as it is", async () => {
    assert.equal(await unseal('{"user":"u"}', [local(1)]), '{"user":"u"}');
    const sealed = await rewrap('{"user":"u"}', local(1), fingerprint(key(1)), []);
    assert.equal(await unseal(sealed ?? "", [local(1)]), '{"user":"u"}');
  });
});

describe("keys", () => {
  let folder = "";
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "noetl-keys-"));
  });
  after(() => rm(folder, { recursive: true }));

  test("a key file is made once, for its owner only, whoever is first", async () => {
    const path = join(folder, "sub", "encryption.key");
    const made = await Promise.all(Array.from({ length: 5 }, () => fileKeys(path).current()));
    const record = await seal("x", made[0] ?? local(1));
    for (const each of made) assert.equal(await unseal(record, [each]), "x");
    assert.equal((await stat(path)).mode & 0o777, 0o600);
    await chmod(path, 0o644);
    await fileKeys(path).current();
    assert.equal((await stat(path)).mode & 0o777, 0o600);
  });

  test("come from the environment, in base64 or hex; anything else is refused without showing it", async () => {
    const bytes = Buffer.alloc(32, 9);
    const env = {
      NOETL_ENCRYPTION_KEY: bytes.toString("base64"),
      NOETL_ENCRYPTION_KEY_PREVIOUS: Buffer.alloc(32, 8).toString("hex"),
    };
    const all = (await environmentKeys(env)?.all()) ?? [];
    assert.equal(await unseal(await seal("new", local(9)), all.slice(0, 1)), "new");
    assert.equal(await unseal(await seal("old", local(8)), all), "old");
    assert.equal(environmentKeys({}), undefined);
    assert.ok(environmentKeys({ NOETL_ALLOW_INSECURE_DEFAULT_KEY: "true" }));
    assert.throws(
      () => parseKey("hunter2", "env:X"),
      (error: Error) => !error.message.includes("hunter2"),
    );
  });

  test("come from files, as orchestrators hand out secrets; a path that is wrong is told", async () => {
    const path = join(folder, "current");
    await writeFile(path, `${Buffer.alloc(32, 9).toString("base64")}\n`);
    await writeFile(`${path}.old`, [7, 8].map((fill) => Buffer.alloc(32, fill).toString("base64")).join("\n"));
    const env = { NOETL_ENCRYPTION_KEY_FILE: path, NOETL_ENCRYPTION_KEY_PREVIOUS_FILE: `${path}.old` };
    const all = (await environmentKeys(env)?.all()) ?? [];
    for (const fill of [7, 8, 9]) assert.equal(await unseal(await seal(`of ${fill}`, local(fill)), all), `of ${fill}`);
    assert.equal(all[0]?.id, "env:NOETL_ENCRYPTION_KEY_FILE");
    assert.throws(() => environmentKeys({ NOETL_ENCRYPTION_KEY_FILE: `${path}.none` }), /_FILE: cannot read .*none/);
  });

  test("rotate: everything is readable with both, then with the new one alone", async () => {
    const path = join(folder, "rotation", "noetl.db");
    const keychainKey = { name: "t", catalog_id: "1", scope: "global" } as const;
    const first = await openSqliteStore({ path, key: key(1).bytes });
    await first.credentials.put({ name: "c", type: "t", data: { password: "pw-plain" } });
    await first.keychain.put(keychainKey, { data: { token: "tok-plain" }, credential_type: "bearer" });
    await first.close();

    const wrong = await openSqliteStore({ path, key: key(2).bytes });
    await assert.rejects(wrong.credentials.get("c"), { meaning: "auth" });
    await assert.rejects(wrong.rekey(), { meaning: "auth" });
    await wrong.close();

    const both = await openSqliteStore({ path, keys: fixedKeys(key(2), [key(1)]) });
    assert.equal((await both.rekey()).rewrapped, 2);
    assert.equal((await both.rekey()).rewrapped, 0);
    await both.close();

    const second = await openSqliteStore({ path, key: () => key(2).bytes });
    assert.deepEqual((await second.credentials.get("c"))?.data, { password: "pw-plain" });
    assert.deepEqual((await second.keychain.get(keychainKey))?.data, { token: "tok-plain" });
    await second.close();
    const bytes = await readFile(path, "latin1");
    assert.ok(!bytes.includes("pw-plain") && !bytes.includes("tok-plain"));
  });
});

describe("rotation of the key file", () => {
  const secret = { name: "c", type: "t", data: { password: "pw-plain" } };
  const open = async (t: TestContext) => {
    const folder = await mkdtemp(join(tmpdir(), "noetl-rotate-"));
    const stores: Store[] = [];
    t.after(async () => {
      await Promise.all(stores.map((store) => store.close()));
      await rm(folder, { recursive: true });
    });
    const another = async () => {
      const store = await openSqliteStore({ folder });
      stores.push(store);
      return store;
    };
    const file = (name: string) => readFile(join(folder, name), "utf8");
    return { folder, another, file };
  };

  test("moves every secret to a new key; who had the old one open reads and writes on", async (t) => {
    const { folder, another, file } = await open(t);
    const [server, laptop] = [await another(), await another()];
    await server.credentials.put(secret);
    const before = await file("encryption.key");
    assert.deepEqual(await laptop.rekey({ fresh: true }), { rewrapped: 1, renewed: true });
    assert.notEqual(await file("encryption.key"), before);
    assert.deepEqual(
      (await readdir(folder)).filter((name) => name.startsWith("encryption.key")),
      ["encryption.key"],
    );
    assert.deepEqual((await server.credentials.get("c"))?.data, secret.data);
    await server.credentials.put({ ...secret, name: "d" });
    assert.deepEqual((await laptop.credentials.get("d"))?.data, secret.data);
    assert.equal((await laptop.keyStatus()).stale, 0);
    const old = await openSqliteStore({ folder, key: parseKey(before, "old").bytes });
    await assert.rejects(old.credentials.get("c"), { code: "WRONG_ENCRYPTION_KEY" });
    await old.close();
  });

  test("that was cut off anywhere loses nothing and is finished by the next", async (t) => {
    const { folder, another, file } = await open(t);
    const store = await another();
    await store.credentials.put(secret);
    const path = join(folder, "encryption.key");
    const first = await file("encryption.key");
    await link(path, `${path}.previous`);
    assert.deepEqual((await (await another()).credentials.get("c"))?.data, secret.data, "after the link");
    await fileKeys(path).renew?.();
    const second = await file("encryption.key");
    assert.notEqual(second, first);
    assert.deepEqual((await store.credentials.get("c"))?.data, secret.data, "after the new key");
    await store.credentials.put({ ...secret, name: "d" });
    assert.deepEqual(await store.rekey({ fresh: true }), { rewrapped: 1, renewed: true });
    assert.equal(await file("encryption.key"), second, "the new key, which is in use, stays");
    for (const name of ["c", "d"]) assert.deepEqual((await store.credentials.get(name))?.data, secret.data);
  });

  test("is one at a time", async (t) => {
    const { another } = await open(t);
    const [one, two] = [await another(), await another()];
    await one.credentials.put(secret);
    const both = await Promise.allSettled([one.rekey({ fresh: true }), two.rekey({ fresh: true })]);
    assert.deepEqual(both.map(({ status }) => status).sort(), ["fulfilled", "rejected"]);
    assert.deepEqual((await two.credentials.get("c"))?.data, secret.data);
  });
});
