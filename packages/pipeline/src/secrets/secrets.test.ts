import assert from "node:assert/strict";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, it } from "node:test";
import type { Json, JsonObject } from "@noetl/core";
import type { Command } from "@noetl/engine";
import type { KeychainEntry } from "@noetl/playbook";
import { runCommand } from "../run/command.ts";
import { commandOf, rule, set, single, step, task } from "../testing/command.ts";
import { type FakeHost, fakeHost } from "../testing/host.ts";

const run = (command: Command, host: FakeHost) => runCommand(command, host, new AbortController().signal);
const PASSWORD = "hunter22-secret";
const pg = { type: "postgres", data: { db_host: "db.local", db_port: "5433", db_user: "me", db_password: PASSWORD } };

function entry(name: string, kind: string, config: JsonObject, more: Partial<KeychainEntry> = {}): KeychainEntry {
  return { name, kind, scope: "local", auto_renew: false, config, ...more };
}

/** A server that answers JSON and keeps what it was asked. */
async function withServer(
  answer: (request: IncomingMessage, body: string) => Json | { status: number },
  work: (url: string, asked: string[]) => Promise<void>,
): Promise<void> {
  const asked: string[] = [];
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    asked.push(`${request.method} ${request.url} ${body}`);
    const said = answer(request, body);
    const status = typeof said === "object" && said !== null && "status" in said ? Number(said.status) : 200;
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(said));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    await work(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

describe("auth of a tool (DSL §9.2)", () => {
  const authOf = async (
    auth: Json,
    kind = "x",
    more: Partial<Parameters<typeof fakeHost>[0]> = {},
    keychain: KeychainEntry[] = [],
  ) => {
    const host = fakeHost({
      tools: { [kind]: () => ({ status: "ok" }) },
      credentials: { pg, svc: { type: "bearer_token", data: { access_token: "tok-123456" } } },
      env: { NOETL_SECRET_API: "env-secret-1", SOME_KEY: "env-secret-2" },
      ...more,
    });
    const report = await run(
      commandOf(single(kind, { auth, config: { host: null, user: "other" } }), { workload: { db: "pg" }, keychain }),
      host,
    );
    return { report, call: host.calls[0] };
  };

  it("merges a credential under what the author wrote, under the names tools use", async () => {
    for (const auth of [
      "pg",
      "{{ workload.db }}",
      { credential: "pg" },
      { key: "pg" },
      { source: "credential", key: "pg", type: "postgres" },
    ]) {
      const { call } = await authOf(auth as Json);
      assert.deepEqual(
        call?.config,
        { host: "db.local", port: 5433, user: "other", password: PASSWORD },
        JSON.stringify(auth),
      );
      assert.equal(call?.auth.default?.type, "postgres");
    }
  });

  it("means no auth by nothing, and names labels", async () => {
    for (const auth of [null, "", "{{ nope }}", { type: "none" }])
      assert.deepEqual((await authOf(auth)).call?.auth, {});
    const { call } = await authOf({ a: { source: "credential", type: "postgres", key: "pg" }, b: "svc" });
    assert.deepEqual(Object.keys(call?.auth ?? {}), ["a", "b"]);
    assert.equal(call?.auth.a?.data.db_password, PASSWORD);
  });

  it("takes explicit and environment forms", async () => {
    const explicit = await authOf({ type: "basic", username: "u", password: "p4ssw0rd" });
    assert.deepEqual(explicit.call?.auth.default, {
      name: "default",
      type: "basic",
      data: { username: "u", password: "p4ssw0rd" },
    });
    const key = await authOf({ type: "api_key", key: "k-123456", header: "X-K" });
    assert.deepEqual(key.call?.auth.default?.data, { header: "X-K", key: "k-123456" });
    assert.equal((await authOf({ source: "secret", name: "api" })).call?.auth.default?.data.token, "env-secret-1");
    assert.equal(
      (await authOf({ source: "env", name: "SOME_KEY", type: "bearer" })).call?.auth.default?.data.token,
      "env-secret-2",
    );
    const bearer = await authOf({ type: "bearer", credential: "svc" });
    assert.deepEqual(
      [bearer.call?.auth.default?.type, bearer.call?.auth.default?.data.access_token],
      ["bearer", "tok-123456"],
    );
  });

  it("may name an entry of the keychain, as on a server", async () => {
    const keychain = [
      entry("mine", "static", { map: { host: "h.local", password: "static-pw" } }),
      entry("other", "credential_ref", { ref: "pg" }),
      entry("made", "bearer", { token: "bearer-123456" }),
      entry("self", "credential", { credential: "self" }),
    ];
    const of = async (auth: string) => (await authOf(auth, "x", {}, keychain)).call?.auth.default;
    assert.deepEqual(await of("mine"), {
      name: "mine",
      type: "static",
      data: { host: "h.local", password: "static-pw" },
    });
    const other = await of("other");
    assert.deepEqual([other?.type, other?.data.db_password], ["postgres", PASSWORD]);
    assert.deepEqual(await of("made"), { name: "made", type: "bearer", data: { token: "bearer-123456" } });
    const { report } = await authOf("self", "x", {}, keychain);
    assert.equal(report.type === "call.error" && report.envelope.error.code, "CREDENTIAL_NOT_FOUND");
  });

  it("is an error of kind credential when it cannot be resolved, which rules may handle", async () => {
    const { report } = await authOf("missing");
    assert.equal(report.type === "call.error" && report.envelope.error.kind, "credential");
    assert.equal(report.type === "call.error" && report.envelope.error.code, "CREDENTIAL_NOT_FOUND");
    const rules = [rule("continue", "{{ output.error.kind == 'credential' }}")];
    assert.equal((await run(commandOf(single("noop", { auth: "missing", rules })), fakeHost())).type, "call.done");
  });

  it("gives an HTTP tool the token made from a credential", async () => {
    await withServer(
      () => ({ access_token: "made-token-1", expires_in: 3600 }),
      async (url, asked) => {
        const credentials = {
          oauth: {
            type: "oauth2_client_credentials",
            data: { token_url: url, client_id: "id", client_secret: "s3cret-value" },
          },
        };
        const { call } = await authOf("oauth", "http", { credentials });
        assert.deepEqual(call?.auth.default, { name: "oauth", type: "bearer", data: { token: "made-token-1" } });
        assert.match(asked[0] ?? "", /grant_type=client_credentials/);
      },
    );
  });
});

describe("keychain (DSL §9.1)", () => {
  const config = (template: string) => single("noop", { config: { result: { got: `{{ 'x' if ${template} }}` } } });

  it("resolves entries lazily, later ones from earlier ones, and once a process", async () => {
    await withServer(
      (_, body) => ({
        access_token: `tok-${new URLSearchParams(body).get("client_id")}`,
        expires_in: 600,
        token_type: "Bearer",
      }),
      async (url, asked) => {
        const host = fakeHost({ env: { SVC_USER: "service", SVC_PASS: "pass-word-1" } });
        const keychain = [
          entry("svc", "secrets", { provider: "env", map: { user: "SVC_USER", pass: "SVC_PASS" } }),
          entry(
            "token",
            "oauth2",
            {
              endpoint: "{{ workload.base }}",
              data: { client_id: "{{ keychain.svc.user }}", client_secret: "{{ keychain.svc.pass }}" },
            },
            { scope: "global" },
          ),
          entry("never", "secrets", { provider: "env", map: { a: "NOT_THERE" } }),
        ];
        const of = single("x", { config: { header: "Bearer {{ keychain.token.access_token }}" } });
        host.tool = fakeHost({
          tools: { x: ({ config }) => ({ status: "ok", data: { sent: config.header ?? null } }) },
        }).tool;
        const command = commandOf(of, { keychain, workload: { base: url } });
        const reports = await Promise.all([run(command, host), run(command, host)]);
        assert.equal(asked.length, 1, "single flight");
        assert.match(asked[0] ?? "", /client_id=service&client_secret=pass-word-1/);
        for (const report of reports) {
          assert.deepEqual(report.type === "call.done" && report.envelope.data, { sent: "Bearer ***" });
        }
      },
    );
  });

  it("renews what ends soon only when told", async () => {
    let count = 0;
    await withServer(
      () => ({ access_token: `token-${++count}`, expires_in: 400 }),
      async (url) => {
        const times = async (auto_renew: boolean, threshold?: string) => {
          const host = fakeHost(threshold ? { env: { NOETL_KEYCHAIN_REFRESH_THRESHOLD: threshold } } : {});
          const before = count;
          const command = commandOf(config("keychain.t.access_token"), {
            keychain: [entry("t", "oauth2", { endpoint: url }, { auto_renew })],
          });
          await run(command, host);
          await host.clock.sleep(200_000);
          await run(command, host);
          return count - before;
        };
        assert.equal(await times(true), 2);
        assert.equal(await times(false), 1);
        assert.equal(await times(true, "100"), 1, "200 s remain");
        assert.equal(await times(true, "soon"), 0, "an error that names the variable");
      },
    );
  });

  it("is an error of kind credential: unknown entry, unknown field, missing secret, cycle", async () => {
    const keychain = [
      entry("s", "static", { map: { a: "value-a" } }),
      entry("gone", "secrets", { provider: "env", map: { a: "NOT_THERE" } }),
      entry("c1", "static", { map: { a: "{{ keychain.c2.a }}" } }),
      entry("c2", "static", { map: { a: "{{ keychain.c1.a }}" } }),
    ];
    for (const path of ["keychain.nope.a", "keychain.s.b", "keychain.gone.a", "keychain.c1.a"]) {
      const report = await run(commandOf(config(path), { keychain }), fakeHost());
      assert.equal(report.type === "call.error" && report.envelope.error.kind, "credential", path);
    }
    const host = fakeHost({ env: { NOETL_KEYCHAIN_STRICT: "false" } });
    assert.equal((await run(commandOf(config("keychain.nope.a"), { keychain }), host)).type, "call.done");
  });

  it("reads a JSON secret as a map, Vault and Google secrets over HTTP", async () => {
    await withServer(
      (request) =>
        request.url?.includes(":access")
          ? { payload: { data: Buffer.from("from-google").toString("base64") } }
          : { data: { data: { pass: "from-vault-1" }, metadata: {} } },
      async (url) => {
        const host = fakeHost({
          env: { J: '{"deep": "json-secret"}', VAULT_TOKEN: "vault-token" },
          credentials: { g: { type: "bearer", data: { token: "google-token" } } },
          tools: { x: ({ config }) => ({ status: "ok", data: config.v === "json-secret from-vault-1 from-google" }) },
        });
        const keychain = [
          entry("j", "secrets", { provider: "env", map: { a: "J" } }),
          entry("v", "secrets", { provider: "vault", endpoint: url, map: { a: "secret/data/app#pass" } }),
          entry("g", "secrets", { provider: "gcp", auth: "g", endpoint: url, map: { a: "projects/p/secrets/s" } }),
        ];
        const of = single("x", { config: { v: "{{ keychain.j.a.deep }} {{ keychain.v.a }} {{ keychain.g.a }}" } });
        const report = await run(commandOf(of, { keychain }), host);
        assert.equal(report.type === "call.done" && report.envelope.data, true, JSON.stringify(report));
      },
    );
  });
});

describe("secrecy (DSL §9.3)", () => {
  it("lets no secret leave: envelope, error, updates, progress, output, state, stored results", async () => {
    const host = fakeHost({
      credentials: { pg },
      tools: {
        x({ config, env }) {
          const { password } = config as { password: string };
          env.onOutput("stdout", `half ${password.slice(0, 6)}`);
          env.onOutput("stdout", `${password.slice(6)}\n`);
          const leak = {
            [password]: password,
            url: encodeURIComponent(password),
            b64: Buffer.from(`u:${password}`).toString("base64"),
          };
          if (env.site.task === "b")
            return {
              status: "error",
              data: leak,
              error: { kind: "db", retryable: false, message: `bad ${password}`, details: { password } },
            };
          return { status: "ok", data: leak };
        },
        playbook: () => ({ status: "parked", wait: { kind: "callback", token: PASSWORD, timeout_ms: 1, info: {} } }),
      },
    });
    const leaking = [set("ctx.p", "{{ output }}", true), set("keep", "{{ output.url }}", true)];
    const of = step([
      task("a", "x", { auth: "pg", set: leaking, input: { password: "plain", p: "{{ 1 }}" } }),
      task("b", "x", { auth: "pg" }),
    ]);
    const failing = await run(commandOf({ ...of, output: { inline_max_bytes: 0 } }), host);
    const waiting = await run(
      commandOf(step([task("a", "x", { auth: "pg", set: leaking }), task("w", "playbook")])),
      host,
    );
    assert.deepEqual([failing.type, waiting.type], ["call.error", "call.parked"]);
    const everything = JSON.stringify([failing, waiting, host.told, [...host.bodies]]);
    for (const form of [
      PASSWORD,
      encodeURIComponent(PASSWORD),
      Buffer.from(PASSWORD).toString("base64").slice(0, 12),
    ]) {
      assert.ok(!everything.includes(form), form);
    }
    assert.ok(!everything.includes("plain"), "values under secret names are masked in logged inputs");
    const lines = host.told.flatMap((told) => (told.type === "output" ? [told.text] : []));
    assert.equal(lines.join(""), "half ***\nhalf ***\nhalf ***\n");
  });

  it("stores *** for a durable variable derived from the keychain, and hands the value on inside", async () => {
    const host = fakeHost({ tools: { x: ({ config }) => ({ status: "ok", data: config.v === "len 7" }) } });
    const keychain = [entry("k", "static", { map: { a: "sevench" } })];
    const tasks = [
      task("a", "noop", {
        set: [set("n", "len {{ keychain.k.a | length }}"), set("ctx.n", "{{ keychain.k.a | length }}")],
      }),
      task("b", "x", { config: { v: "{{ n }}" } }),
      task("c", "noop", { config: { result: "{{ keychain.k.a }}" }, set: [set("ctx.copy", "{{ output }}")] }),
      task("d", "x", { config: { v: "{{ 'len 7' if ctx.copy == '***' and ctx.n == '***' else 'leaked' }}" } }),
    ];
    const report = await run(commandOf(step(tasks), { keychain }), host);
    const updates = [
      { path: ["n"], value: "***" },
      { path: ["copy"], value: "***" },
    ];
    assert.deepEqual(report.updates, updates);
    assert.ok(report.type === "call.done");
    const data = report.envelope.data as JsonObject;
    assert.deepEqual([data.b, data.d], [true, true]);
  });

  it("keeps a secret variable of a tool in memory, for later steps of the process only", async () => {
    const token = "ya-secret-token";
    const host = fakeHost({
      tools: {
        auth({ env }) {
          env.addSecret(token);
          return { status: "ok", data: { token }, ctx: { auth: { token } } };
        },
        x: ({ config }) => ({ status: "ok", data: config.v === token }),
      },
    });
    const first = await run(commandOf(single("auth")), host);
    assert.deepEqual(first.updates, [{ path: ["auth"], value: { token: "***" } }]);
    const of = single("x", { config: { v: "{{ ctx.auth.token }}" } });
    const later = await run(commandOf(of, { ctx: { auth: { token: "***" } } }), host);
    assert.equal(later.type === "call.done" && later.envelope.data, true);
  });

  it("renders an input that holds a secret again after a park", async () => {
    const wait = {
      kind: "child",
      path: "p",
      payload: { k: "from-keychain" },
      wait: true,
      return_result: true,
      timeout_ms: 0,
    };
    const host = fakeHost({
      tools: {
        playbook: () => ({ status: "parked", wait }),
        x: ({ input }) => ({ status: "ok", data: input.k === "from-keychain" }),
      },
    });
    const of = step([task("a", "playbook"), task("b", "x")], { input: { k: "{{ keychain.k.a }}" } });
    const command = commandOf(of, { keychain: [entry("k", "static", { map: { a: "from-keychain" } })] });
    const waiting = await run(command, host);
    assert.ok(waiting.type === "call.parked");
    assert.deepEqual(waiting.wait.kind === "child" && waiting.wait.payload, { k: "***" });
    assert.ok(host.told.some((told) => told.type === "warning" && told.code === "W_SECRET_PERSIST"));
    const outcome = { kind: "timer" } as const;
    const report = await run({ ...command, resume: { state: waiting.state, outcome } }, host);
    assert.equal(report.type === "call.done" && (report.envelope.data as JsonObject).b, true);
  });

  it("renders token() in the process that runs the tool", async () => {
    const host = fakeHost({
      credentials: { svc: { type: "bearer", data: { token: "tok-123456" } } },
      tools: { x: ({ config }) => ({ status: "ok", data: { sent: config.h ?? null } }) },
    });
    const report = await run(commandOf(single("x", { config: { h: "Bearer {{ token('svc') }}" } })), host);
    assert.equal(host.calls[0]?.config.h, "Bearer tok-123456");
    assert.deepEqual(report.type === "call.done" && report.envelope.data, { sent: "Bearer ***" });
  });

  it("leaves open what says where, not how", async () => {
    const host = fakeHost({ credentials: { pg }, tools: { x: () => ({ status: "ok", data: "me at db.local" }) } });
    const report = await run(commandOf(single("x", { auth: "pg" })), host);
    assert.equal(report.type === "call.done" && report.envelope.data, "me at db.local");
  });
});
