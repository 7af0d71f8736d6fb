import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { freePort } from "../services/guarded.ts";
import { NATS_MISSING, startNats } from "../services/nats.ts";
import { startPostgres } from "../services/postgres.ts";
import type { Installed } from "./installed.ts";

const HEAD = "apiVersion: noetl.io/v2\nkind: Playbook\n";

const BOTH = `${HEAD}
metadata: { name: both, path: e2e/both }
workflow:
  - step: start
    tool: { kind: postgres, auth: pg, command: "select 6 * 7 as answer" }
    next: { arcs: [{ step: keep }] }
  - step: keep
    tool: { kind: nats, auth: broker, operation: kv_put, bucket: e2e, key: answer, value: "{{ start.rows[0].answer }}", create: true }
    next: { arcs: [{ step: read }] }
  - step: read
    tool: { kind: nats, auth: broker, operation: kv_get, bucket: e2e, key: answer }
    next: { arcs: [{ step: end }] }
  - step: end
    tool: { kind: noop, result: "{{ read.value }}" }
`;

const GREETS = `${HEAD}
metadata: { name: greets, path: e2e/greets }
workflow:
  - step: start
    tool: { kind: weather_greet, who: Ada, language: fr }
`;

const DUCK = `${HEAD}
metadata: { name: duck, path: e2e/duck }
workflow:
  - step: start
    tool: { kind: duckdb, query: "select 42 as n" }
`;

/** What the installed program does with plugins of users, native modules that are missing, databases and brokers. */
export function behavesWithServices(installed: () => Installed): void {
  test("a plugin of a user brings a command and a tool", async () => {
    const { run, folder } = installed();
    const env = { NOETL_HOME: join(folder, "with-plugin") };
    const ran = (...args: string[]) => run(args, { env, cwd: folder });
    assert.equal((await ran("plugins", "new", "noetl-weather")).code, 0);
    const linked = await ran("plugins", "link", "noetl-weather");
    assert.equal(linked.code, 0, linked.stderr);
    assert.match((await ran("weather", "hello", "Ada")).stdout, /Ada/);
    const file = join(folder, "greets.yaml");
    await writeFile(file, GREETS);
    const { stdout, stderr, code } = await ran("run", file, "--json", "--quiet");
    assert.equal(code, 0, stderr);
    assert.match(stdout, /"greeting":"Bonjour,? Ada/);
  });

  test("a plugin that misbehaves while it is loaded harms only itself", async () => {
    const { run, folder } = installed();
    const env = { NOETL_HOME: join(folder, "with-bad-plugin") };
    const ran = (...args: string[]) => run(args, { env, cwd: folder });
    assert.equal((await ran("plugins", "new", "noetl-bad")).code, 0);
    assert.equal((await ran("plugins", "link", "noetl-bad")).code, 0);
    const files = ["commands/hello.js", "tools/greet.js"].map((file) => join(folder, "noetl-bad/src", file));
    const good = await Promise.all(files.map((file) => readFile(file, "utf8")));
    const spoil = (first: string) =>
      Promise.all(files.map((file, index) => writeFile(file, `${first}\n${good[index]}`)));
    const playbook = join(folder, "noetl-bad/examples/greet.yaml");

    await spoil('console.log("GARBAGE"); process.stdout.write("MORE\\n");');
    const chatty = await ran("bad", "hello", "Ada", "--json");
    assert.equal(JSON.parse(chatty.stdout).greeting, "Hello, Ada!", chatty.stderr);
    assert.match(chatty.stderr, /GARBAGE\nMORE/);
    const said = await ran("run", playbook, "--json", "--quiet");
    assert.equal(JSON.parse(said.stdout).status, "COMPLETED", said.stderr);

    await spoil("process.exit(0);");
    const left = await ran("bad", "hello", "Ada");
    assert.equal(left.code, 1);
    assert.match(left.stderr, /process\.exit\(0\) is not for plugins \(src.commands.hello\.js:1\)/);
    const stopped = await ran("run", playbook, "--json", "--quiet");
    assert.equal(stopped.code, 5, stopped.stderr);
    assert.match(JSON.parse(stopped.stdout).error.message, /process\.exit\(0\) is not for plugins/);

    await spoil("let b = ;");
    assert.match((await ran("bad", "hello", "Ada")).stderr, /cannot be loaded: .* \(src.commands.hello\.js:1\)/);
    await spoil('import { Novelty } from "@noetl/sdk";');
    assert.match((await ran("bad", "hello", "Ada")).stderr, /Novelty[\s\S]*update noetl or the plugin/);
    await spoil("for (;;);");
    const blocked = await ran("run", playbook, "--quiet");
    assert.notEqual(blocked.code, 0);
    assert.match(blocked.stderr, /plugin 'noetl-bad' blocked this process/);
    assert.equal((await ran("bad", "hello", "--help")).code, 0);
  });

  test("without DuckDB a step that wants it says how to get it", async () => {
    const { run, folder } = installed();
    const file = join(folder, "duck.yaml");
    await writeFile(file, DUCK);
    const { stdout, code } = await run(["run", file, "--json", "--quiet"]);
    assert.notEqual(code, 0);
    assert.match(stdout, /@duckdb\/node-api/);
  });

  test("a server and a worker live on PostgreSQL and NATS, and steps talk to both", async (t) => {
    const nats = await startNats();
    if (!nats) return t.skip(NATS_MISSING);
    const database = await startPostgres();
    const { run, folder } = installed();
    const port = String(await freePort());
    const env = {
      NOETL_HOME: join(folder, "on-services"),
      NOETL_DATABASE_URL: database.url,
      NOETL_ENCRYPTION_KEY: randomBytes(32).toString("base64"),
      NATS_URL: nats.url,
      NOETL_PORT: port,
    };
    // In this order: without their services the two would wait for them.
    t.after(async () => {
      await run(["worker", "stop", "--name", "default", "--force"], { env });
      await run(["server", "stop", "--force"], { env });
      await Promise.all([nats.stop(), database.stop()]);
    });
    const at = ["--host", "127.0.0.1", "--port", port];
    const ok = async (...args: string[]) => {
      const { stdout, stderr, code } = await run(args, { env });
      assert.equal(code, 0, `${args.join(" ")}: ${stderr}${stdout}`);
      return stdout;
    };
    await ok("server", "start", "--init-db", ...at);
    await ok("worker", "start", "--server-url", `http://127.0.0.1:${port}`);
    const { host, port: number, user, password, database: name } = database;
    const credentials = [
      {
        name: "pg",
        type: "postgres",
        data: { db_host: host, db_port: String(number), db_user: user, db_password: password, db_name: name },
      },
      { name: "broker", type: "nats", data: { nats_url: nats.url } },
    ];
    for (const credential of credentials) {
      const file = join(folder, `${credential.name}.json`);
      await writeFile(file, JSON.stringify(credential));
      await ok("credential", "register", file, ...at);
    }
    const file = join(folder, "both.yaml");
    await writeFile(file, BOTH);
    await ok("catalog", "register", file, ...at);
    const outcome = await ok("execute", "playbook", "e2e/both", "-w", "--json", ...at);
    assert.match(outcome, /"COMPLETED"/);
    assert.match(outcome, /42/);
  });
}
