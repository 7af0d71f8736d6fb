import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { answeringServer } from "@noetl/sdk/testing";
import { openPostgresStore } from "@noetl/store";
import pg from "pg";
import { startPostgres } from "../services/postgres.ts";
import { type Cluster, startCluster, withoutKubectl } from "./cluster.ts";

const skip = withoutKubectl;

test("status, logs, exec, remove: what is there, what stays, what goes", { skip }, async (t) => {
  const { noetl, api, programs } = await startCluster(t);
  const nothing = await noetl(["k8s", "status"]);
  assert.equal(nothing.code, 3);
  assert.match(nothing.stderr, /nothing of NoETL is in namespace noetl/);
  assert.equal((await noetl(["k8s", "deploy", "--no-wait", "--no-load"])).code, 0);

  const status = await noetl(["k8s", "status"]);
  assert.equal(status.code, 0, status.stdout);
  assert.match(status.stdout, /deployment\/noetl-worker +noetl +2\/2/);

  api.logs.set("noetl-worker", "claimed\n");
  const logs = await noetl(["k8s", "logs", "worker", "--json"]);
  assert.equal(logs.code, 0, logs.stderr);
  const { lines } = JSON.parse(logs.stdout) as { lines: { pod: string; text: string }[] };
  assert.deepEqual(lines.map(({ pod, text }) => [pod, text]).sort(), [
    ["noetl-worker-1-0", "claimed"],
    ["noetl-worker-1-1", "claimed"],
  ]);
  assert.equal((await noetl(["k8s", "logs", "nonsense"])).code, 3);

  await programs.rules({ program: "kubectl", when: "exec -i", code: 7 });
  const exec = await noetl(["k8s", "exec", "worker", "--", "ls", "-la", "/tmp"]);
  assert.equal(exec.code, 7, exec.stderr);
  assert.ok(
    (await programs.lines()).includes(
      "kubectl --context kind-noetl exec -i noetl-worker-1-0 -n noetl -c worker -- ls -la /tmp",
    ),
    (await programs.lines()).at(-1),
  );

  const dry = await noetl(["k8s", "remove", "--purge", "--with-deps", "--dry-run"]);
  assert.equal(dry.code, 0, dry.stderr);
  assert.equal(
    api.calls.some(({ method }) => method === "DELETE"),
    false,
  );

  const removed = await noetl(["k8s", "remove"]);
  assert.equal(removed.code, 0, removed.stderr);
  const gone = api.calls.filter(({ method }) => method === "DELETE").map(({ resource }) => resource);
  for (const kept of ["secrets", "persistentvolumeclaims", "statefulsets", "namespaces"])
    assert.equal(gone.includes(kept), false, kept);
  assert.deepEqual(api.store.list("deployments"), []);
  assert.deepEqual(api.store.list("jobs"), []);
  assert.equal(api.store.list("statefulsets").length, 2);
  assert.equal((await noetl(["k8s", "remove"])).code, 0, "what is not there is no error");

  const refused = await noetl(["k8s", "remove", "--purge-data"]);
  assert.equal(refused.code, 2);
  assert.match(refused.stderr, /with volumes and Secrets\?[\s\S]*--yes/);
  assert.ok(api.store.get("secrets", "noetl", "noetl-keys"));
  const purged = await noetl(["k8s", "remove", "--purge-data", "--with-deps", "--yes"]);
  assert.equal(purged.code, 0, purged.stderr);
  assert.deepEqual(api.store.list("namespaces"), []);
});

test("logs -f follows all pods of a part, also those that come later, until Ctrl-C", { skip }, async (t) => {
  const { noetl, api } = await startCluster(t);
  const labels = { app: "noetl-worker", "app.kubernetes.io/part-of": "noetl", "app.kubernetes.io/component": "worker" };
  api.store.put("deployments", {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "noetl-worker", namespace: "noetl" },
    spec: { replicas: 2, template: { metadata: { labels }, spec: { containers: [{ name: "worker", image: "x" }] } } },
  });
  await setTimeout(200);
  api.logs.set("noetl-worker-1", "old pod\n").set("noetl-worker-2", "new pod\n");
  let heard = "";
  let rolled = false;
  const { code, stdout, stderr } = await noetl(["k8s", "logs", "worker", "-f"], {
    during: (child) => {
      child.stdout?.on("data", (bytes: Buffer) => {
        heard += String(bytes);
        if (!rolled && heard.includes("noetl-worker-1-0") && heard.includes("noetl-worker-1-1")) {
          rolled = true;
          const worker = api.store.get("deployments", "noetl", "noetl-worker");
          if (worker) api.store.put("deployments", { ...worker, spec: { ...(worker.spec as object), paused: false } });
        }
        if (heard.includes("noetl-worker-2-0") && heard.includes("noetl-worker-2-1")) child.kill("SIGINT");
      });
    },
  });
  assert.equal(code, 0, stderr);
  assert.match(stdout, /^noetl-worker-1-0 old pod$/m);
  assert.match(stdout, /^noetl-worker-2-1 new pod$/m);
  assert.match(stderr, /now also noetl-worker-2-0/);
});

test("cli.md §8 #45: redeploy builds, loads once, rolls; --recreate deletes the pods first", { skip }, async (t) => {
  const { noetl, programs, api } = await startCluster(t);
  const first = await noetl(["k8s", "redeploy", "--tag", "one"]);
  assert.equal(first.code, 0, first.stderr);
  const order = async () =>
    (await programs.lines()).map((line) => /buildx build|kind load|delete|apply|rollout status/.exec(line)?.[0] ?? "");
  const words = (await order()).filter((word) => word !== "");
  assert.deepEqual(words.slice(0, 3), ["buildx build", "kind load", "apply"]);
  assert.equal(words.filter((word) => word === "kind load").length, 1);
  assert.equal(words.includes("delete"), false);
  const before = (await order()).length;
  const again = await noetl(["k8s", "redeploy", "--tag", "two", "--recreate"]);
  assert.equal(again.code, 0, again.stderr);
  const more = (await order()).slice(before);
  assert.ok(more.indexOf("delete") > more.indexOf("kind load"));
  assert.ok(more.lastIndexOf("apply") > more.lastIndexOf("delete"));
  assert.equal(api.store.get("deployments", "noetl", "noetl-server")?.metadata.generation, 1);

  await programs.rules({ program: "docker", when: "buildx build", code: 1 });
  const calls = api.calls.length;
  assert.equal((await noetl(["k8s", "redeploy"])).code, 1);
  assert.equal(api.calls.length, calls, "a build that fails changes nothing in the cluster");
});

test("cli.md §8 #25: reset: asked for; empties the schema and nothing else, deploys, registers what --seed names", {
  skip,
}, async (t) => {
  const cluster = await startCluster(t);
  const { noetl, api, programs, project } = cluster;
  const postgres = await startPostgres();
  t.after(() => postgres.stop());
  const target = await preparedDatabase(postgres);
  const web = await answeringServer(t, {
    "POST /api/catalog/register": [200, { status: "success", path: "demo", version: 1, kind: "playbook" }],
  });
  assert.equal((await noetl(["k8s", "deploy", "--no-wait", "--no-load"])).code, 0);
  await givePassword(cluster, postgres.password);
  await programs.rules(
    { program: "kubectl", when: "port-forward svc/postgres", proxyTo: postgres.port },
    { program: "kubectl", when: "port-forward svc/noetl", proxyTo: web.port },
  );

  const refused = await noetl(["k8s", "reset", "--skip-build"]);
  assert.equal(refused.code, 2);
  assert.match(refused.stderr, /in the database noetl of namespace postgres, context kind-noetl\?/);
  await givePassword(cluster, "wrong");
  const away = await noetl(["k8s", "reset", "--skip-build", "--yes"]);
  assert.notEqual(away.code, 0);
  assert.ok(api.store.get("deployments", "noetl", "noetl-server"), "a database that does not answer stops nothing");
  await givePassword(cluster, postgres.password);
  const wrong = await noetl(["k8s", "reset", "--skip-build", "--confirm", "kind-other"]);
  assert.equal(wrong.code, 2);
  assert.equal(await count(target, "noetl.catalog"), 1);

  await mkdir(join(project, "seed"));
  await writeFile(
    join(project, "seed/demo.yaml"),
    "apiVersion: noetl.io/v2\nkind: Playbook\nmetadata: { name: demo, path: demo }\nworkflow:\n  - step: start\n",
  );
  const before = (await programs.lines()).length;
  const done = await noetl(["k8s", "reset", "--skip-build", "--yes", "--seed", "seed"]);
  assert.equal(done.code, 0, done.stderr);
  assert.equal(await count(target, "noetl.catalog"), 0);
  assert.equal(await count(target, "public.mine"), 1, "other schemas stay");
  assert.ok(api.store.get("deployments", "noetl", "noetl-server"));
  assert.deepEqual(
    web.seen.map(({ method, path }) => `${method} ${path}`),
    ["POST /api/catalog/register"],
  );
  const words = (await programs.lines())
    .slice(before)
    .map((line) => /cascade=foreground|svc\/\w+|kind load|-f -/.exec(line)?.[0]);
  const order = [...new Set(words.filter((word) => word !== undefined))];
  assert.deepEqual(order, ["svc/postgres", "cascade=foreground", "kind load", "-f -", "svc/noetl"]);
});

test("port-forward: opened again when it breaks off; a port that is taken is kubectl's own word", {
  skip,
}, async (t) => {
  const { noetl, programs } = await startCluster(t);
  await programs.rules({
    program: "kubectl",
    when: "port-forward",
    stdout: "Forwarding from 127.0.0.1:18082 -> 8082\n",
    code: 1,
  });
  let killed = false;
  const { code, stdout } = await noetl(["k8s", "port-forward", "--local-port", "18082"], {
    during: (child) => {
      let heard = "";
      child.stderr?.on("data", (bytes: Buffer) => {
        heard += String(bytes);
        if (!killed && heard.split("opening it again").length > 2) killed = child.kill("SIGINT");
      });
    },
  });
  assert.equal(code, 130);
  assert.equal(stdout, "Forwarding from 127.0.0.1:18082 -> 8082\n");
  assert.ok(
    (await programs.lines()).every(
      (line) => line === "kubectl --context kind-noetl port-forward svc/noetl 18082:8082 -n noetl --address 127.0.0.1",
    ),
  );
  await programs.rules({
    program: "kubectl",
    when: "port-forward",
    stderr: "error: unable to listen on any of the requested ports\n",
    code: 1,
  });
  const taken = await noetl(["k8s", "port-forward", "postgres"]);
  assert.equal(taken.code, 1);
  assert.match(taken.stderr, /unable to listen/);
});

interface Database {
  host: string;
  port: number;
  user: string;
  password: string;
  database: string;
}

/** A database `noetl` with a schema, something in it, and something beside it. */
async function preparedDatabase(postgres: Database): Promise<Database> {
  const target = {
    host: postgres.host,
    port: postgres.port,
    user: postgres.user,
    password: postgres.password,
    database: "noetl",
  };
  await query({ ...target, database: postgres.database }, "CREATE DATABASE noetl").catch((error: unknown) => {
    if (!String(error).includes("already exists")) throw error;
  });
  const store = await openPostgresStore({
    target,
    env: { NOETL_ENCRYPTION_KEY: Buffer.alloc(32).toString("base64") },
    max: 2,
  });
  await store.migrate();
  await store.close();
  await query(target, "INSERT INTO noetl.catalog (path, version, kind, content) VALUES ('x', 1, 'playbook', 'x')");
  await query(target, "CREATE TABLE public.mine AS SELECT 1 AS one");
  return target;
}

/** The cluster's Secret says what the database of the test takes. */
async function givePassword({ api }: Cluster, password: string): Promise<void> {
  const secret = api.store.get("secrets", "noetl", "noetl-secret");
  assert.ok(secret);
  const data = { ...(secret.data as object), POSTGRES_PASSWORD: Buffer.from(password).toString("base64") };
  api.store.put("secrets", { ...secret, data });
}

async function query(target: Database, text: string): Promise<pg.QueryResult> {
  const client = new pg.Client(target);
  await client.connect();
  try {
    return await client.query(text);
  } finally {
    await client.end();
  }
}

async function count(target: Database, table: string): Promise<number> {
  const { rows } = await query(target, `SELECT count(*)::int AS count FROM ${table}`);
  return (rows[0] as { count: number }).count;
}
