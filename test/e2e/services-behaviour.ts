import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
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
