import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, test } from "node:test";
import type { NoetlError } from "@noetl/core";
import { temporaryFolder } from "../testing/kit.ts";
import { credentialFromEnvironment } from "./credential.ts";
import { ownSecrets, toolEnvironment } from "./tool-environment.ts";

describe("environment", () => {
  const env = {
    PATH: "/bin",
    NOETL_API_TOKEN: "token-1",
    NATS_URL: "nats://u:p%40ss@n:4222",
    NATS_PASSWORD: "pass-2",
    NOETL_ENCRYPTION_KEY: "key-3",
    NOETL_CREDENTIAL_DB: "{}",
    NOETL_SECRET_X: "secret-4",
    MY_SETTING: "1",
  };

  test("tools see what is theirs, not what opens the control plane", () => {
    assert.deepEqual(toolEnvironment(env), { PATH: "/bin", NOETL_SECRET_X: "secret-4", MY_SETTING: "1" });
  });

  test("what must not be printed is known, also inside addresses and as it is written there", () => {
    const secrets = ownSecrets(env);
    for (const secret of ["token-1", "p%40ss", "p@ss", "pass-2", "key-3", "secret-4"]) {
      assert.ok(secrets.includes(secret), secret);
    }
    assert.ok(!secrets.some((secret) => secret.includes("nats://")));
  });

  test("a credential of this machine comes from a variable or the file it names", async (t) => {
    const folder = await temporaryFolder(t);
    const file = join(folder, "c.json");
    const text = JSON.stringify({ type: "postgres", data: { db_host: "h", id: 1 } });
    await writeFile(file, text);
    const expected = { name: "my-db", type: "postgres", data: { db_host: "h", id: 1 } };
    assert.deepEqual(await credentialFromEnvironment({ NOETL_CREDENTIAL_MY_DB: text }, "my-db"), expected);
    assert.deepEqual(await credentialFromEnvironment({ NOETL_CREDENTIAL_MY_DB: `@${file}` }, "my-db"), expected);
    assert.equal(await credentialFromEnvironment({}, "my-db"), undefined);
  });

  test("one that cannot be read is refused without showing it", async () => {
    for (const text of ["sesame", "[1]", '{"data": 1}']) {
      await assert.rejects(credentialFromEnvironment({ NOETL_CREDENTIAL_X: text }, "x"), (error: NoetlError) => {
        assert.equal(error.meaning, "validation");
        assert.match(error.message, /NOETL_CREDENTIAL_X/);
        assert.doesNotMatch(error.message, /sesame/);
        return true;
      });
    }
  });
});
