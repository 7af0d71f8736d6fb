import assert from "node:assert/strict";
import { createSign, generateKeyPairSync } from "node:crypto";
import { after, before, describe, it } from "node:test";
import type { JsonObject } from "@noetl/core";
import { startPostgres, type TestPostgres } from "../../../../test/services/postgres.ts";
import { startServer, type TestServer } from "../testing/kit.ts";
import { verifyToken } from "./jwt.ts";

const NOW = Date.UTC(2026, 0, 1);
const DOMAIN = "tenant.example.com";

describe("tokens", () => {
  const mine = generateKeyPairSync("rsa", { modulusLength: 2_048 });
  const keys = async () => [{ ...mine.publicKey.export({ format: "jwk" }), kid: "k1" }];
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
  function token(changes: JsonObject = {}, header: JsonObject = {}, key = mine.privateKey): string {
    const claims = { iss: `https://${DOMAIN}/`, sub: "auth0|1", exp: NOW / 1_000 + 60, ...changes };
    const text = `${part({ alg: "RS256", kid: "k1", ...header })}.${part(claims)}`;
    return `${text}.${createSign("RSA-SHA256").update(text).sign(key, "base64url")}`;
  }
  const check = (text: string) => verifyToken(text, DOMAIN, keys, NOW);

  it("of the issuer name their subject", async () => assert.deepEqual(await check(token()), { sub: "auth0|1" }));

  const refused: [string, () => string][] = [
    ["of somebody else's key", () => token({}, {}, generateKeyPairSync("rsa", { modulusLength: 2_048 }).privateKey)],
    ["of an unknown key", () => token({}, { kid: "k2" })],
    ["without a signature", () => `${token().split(".").slice(0, 2).join(".")}.`],
    ["with the algorithm none", () => token({}, { alg: "none" })],
    ["of another issuer", () => token({ iss: "https://evil.example.com/" })],
    ["that have expired", () => token({ exp: NOW / 1_000 - 1 })],
    ["that never expire", () => token({ exp: null })],
    ["without a subject", () => token({ sub: "" })],
    ["that are no tokens", () => "a.b.c"],
  ];
  for (const [what, make] of refused) it(`${what} are refused`, () => assert.rejects(check(make())));
});

describe("sessions", () => {
  let postgres: TestPostgres | undefined;
  let server: TestServer;
  before(async () => {
    postgres = await startPostgres();
    const database = await postgres.createDatabase();
    server = await startServer();
    const { host, port, user, password } = database;
    const data = { db_host: host, db_port: port, db_user: user, db_password: password, db_name: database.database };
    await server.ok("POST", "/api/credentials", { name: "pg_auth", type: "postgres", data });
    const statements = [
      "CREATE SCHEMA auth",
      "CREATE TABLE auth.users (user_id int PRIMARY KEY, auth0_id text, email text, display_name text, is_active boolean)",
      "CREATE TABLE auth.sessions (session_token text, user_id int, auth0_token text, expires_at timestamptz, is_active boolean, ip_address text)",
      "CREATE TABLE auth.roles (role_id int PRIMARY KEY, role_name text)",
      "CREATE TABLE auth.user_roles (user_id int, role_id int, expires_at timestamptz)",
      "CREATE TABLE auth.playbook_permissions (role_id int, playbook_path text, can_execute boolean, can_view boolean, can_modify boolean)",
      "INSERT INTO auth.users VALUES (7, 'auth0|1', 'a@b.c', 'A', true), (8, 'auth0|2', 'x@b.c', 'X', false)",
      "INSERT INTO auth.sessions VALUES ('good', 7, '', now() + interval '1 hour', true, ''), ('old', 7, '', now() - interval '1 hour', true, ''), ('off', 8, '', now() + interval '1 hour', true, '')",
      "INSERT INTO auth.roles VALUES (1, 'reader')",
      "INSERT INTO auth.user_roles VALUES (7, 1, NULL)",
      "INSERT INTO auth.playbook_permissions VALUES (1, 'open/*', true, true, false)",
    ];
    for (const query of statements) {
      const answer = await server.ok("POST", "/api/postgres/execute", { query, credential: "pg_auth", write: true });
      assert.equal(answer.status, "ok", `${query}: ${answer.error}`);
    }
  });
  after(async () => {
    await server?.close();
    await postgres?.stop();
  });
  const validate = (session_token: string) => server.ok("POST", "/api/auth/session/validate", { session_token });

  it("that run are valid and name their user and its roles", async () => {
    const answer = await validate("good");
    assert.deepEqual([answer.status, answer.valid], ["ok", true]);
    assert.deepEqual(answer.user, { user_id: 7, email: "a@b.c", display_name: "A", roles: ["reader"] });
  });

  it("that are over, of nobody or of somebody shut out are not", async () => {
    for (const token of ["old", "off", "none", "' OR '1'='1"])
      assert.equal((await validate(token)).valid, false, token);
    assert.equal((await server.call("POST", "/api/auth/session/validate", { session_token: "" })).status, 400);
  });

  it("may run what a role of theirs may", async () => {
    const ask = async (playbook_path: string, action = "execute", session_token = "good") => {
      const answer = await server.ok("POST", "/api/auth/check-playbook-access", {
        session_token,
        playbook_path,
        action,
      });
      return (answer.data as JsonObject).allowed;
    };
    assert.equal(await ask("open/one"), true);
    assert.equal(await ask("closed/one"), false);
    assert.equal(await ask("open/one", "modify"), false);
    assert.equal(await ask("open/one", "execute", "old"), false);
  });

  it("are not opened without a domain that vouches", async () => {
    const answer = await server.ok("POST", "/api/auth/login", {
      auth0_token: "a.b.c",
      auth0_domain: "evil.example.com",
    });
    assert.equal(answer.status, "error");
  });

  it("statements elsewhere only read unless they may write", async () => {
    const query = "DELETE FROM auth.sessions";
    assert.equal((await server.call("POST", "/api/postgres/execute", { query, credential: "pg_auth" })).status, 422);
    const rows = await server.ok("POST", "/api/postgres/execute", {
      query: "SELECT user_id FROM auth.users ORDER BY 1",
      credential: "pg_auth",
    });
    assert.deepEqual(rows.result, [{ user_id: 7 }, { user_id: 8 }]);
  });
});
