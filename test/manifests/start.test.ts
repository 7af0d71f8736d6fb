import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { type K8sConfig, readConfig } from "../../packages/plugin-k8s/src/config/index.ts";
import { keysSecret, type Manifest, manifests } from "../../packages/plugin-k8s/src/manifests/index.ts";
import type { Container, Probe } from "../../packages/plugin-k8s/src/manifests/manifest.ts";
import { freePort, spawnGuarded, waitForOutput } from "../services/guarded.ts";
import { NATS_MISSING, natsProgram } from "../services/nats.ts";
import { startPostgres, type TestDatabase } from "../services/postgres.ts";
import { answers, environmentOf, type Running, start } from "./cluster.ts";

function containerOf(
  objects: readonly Manifest[],
  kind: "Job" | "Deployment" | "StatefulSet",
  name: string,
): Container {
  for (const each of objects) {
    if (each.kind !== kind || !each.metadata?.name?.startsWith(name)) continue;
    const [container] = each.spec?.template?.spec?.containers ?? [];
    if (container) return container;
  }
  throw new Error(`there is no ${kind} ${name}`);
}

/** The broker as its manifests say, on other ports and another disk. */
async function broker(test: TestContext, objects: readonly Manifest[], config: K8sConfig, program: string) {
  const folder = await mkdtemp(join(tmpdir(), "noetl-nats-"));
  const [port, monitoring] = [await freePort(), await freePort()];
  const settings = objects.find(({ kind, metadata }) => kind === "ConfigMap" && metadata?.name === "nats-config");
  assert.ok(settings?.kind === "ConfigMap");
  const text = (settings.data?.["nats.conf"] ?? "")
    .replace("port: 4222", `host: 127.0.0.1\nport: ${port}`)
    .replace("http_port: 8222", `http: 127.0.0.1:${monitoring}`)
    .replace("/data/jetstream", folder);
  await writeFile(join(folder, "nats.conf"), text);
  const env = environmentOf(containerOf(objects, "StatefulSet", "nats"), objects, [], config.nats.namespace);
  const server = spawnGuarded(program, ["--config", join(folder, "nats.conf")], {
    signal: "INT",
    folder,
    env: { PATH: process.env.PATH, ...env },
  });
  test.after(() => server.stop());
  await waitForOutput(server.child, /Server is ready/, 20_000);
  return { url: `nats://127.0.0.1:${port}`, monitoring: `http://127.0.0.1:${monitoring}` };
}

interface Place {
  database: TestDatabase;
  nats: string;
  objects: readonly Manifest[];
  secrets: readonly Manifest[];
  config: K8sConfig;
}

/** Settings of a container as they are, but for the addresses of this machine. */
function settingsAt(
  { database, nats, objects, secrets, config }: Place,
  container: Container,
  more: Record<string, string>,
) {
  const env = environmentOf(container, objects, secrets, config.namespace);
  for (const name of ["POSTGRES_HOST", "POSTGRES_PASSWORD", "NOETL_USER", "NOETL_POSTGRES_DB"]) {
    if (env.POSTGRES_HOST !== undefined) assert.ok(env[name], name);
  }
  return {
    ...env,
    POSTGRES_HOST: database.host,
    POSTGRES_PORT: String(database.port),
    POSTGRES_PASSWORD: database.password,
    NOETL_USER: database.user,
    NOETL_POSTGRES_DB: database.database,
    NATS_URL: nats,
    NOETL_HOST: "127.0.0.1",
    ...more,
  };
}

async function probed(running: Running, container: Container, url: string): Promise<void> {
  for (const probe of [container.startupProbe, container.readinessProbe, container.livenessProbe] as Probe[]) {
    const { path, port } = probe.httpGet ?? { path: "", port: "" };
    assert.ok(
      container.ports?.some(({ name }) => name === port),
      String(port),
    );
    await answers(`${url}${path}`, running);
  }
}

/** What the scaler of KEDA reads. */
interface JetStreamPage {
  account_details: { name: string; stream_detail: { name: string; consumer_detail?: { name: string }[] }[] }[];
}

function consumersIn({ account_details }: JetStreamPage, account?: string, stream?: string): string[] {
  const streams = account_details.find(({ name }) => name === account)?.stream_detail;
  assert.ok(streams, `there is no account ${account}`);
  const found = streams.find(({ name }) => name === stream);
  assert.ok(found, `there is no stream ${stream}`);
  return (found.consumer_detail ?? []).map(({ name }) => name);
}

async function stopped(running: Running): Promise<void> {
  running.child.kill("SIGTERM");
  assert.equal(await running.ended, 0, running.output());
}

test("what the manifests start is there, answers its probes, tells its backlog, makes the consumers KEDA asks for, and drains", {
  timeout: 120_000,
}, async (t) => {
  const program = await natsProgram();
  if (program === undefined) return t.skip(NATS_MISSING);
  const text = "keda: { enabled: true }\nserver: { open: false }\n";
  const config = readConfig({ file: "noetl.k8s.yaml", text });
  const objects = manifests(config);
  const secrets = [keysSecret(config, randomBytes)];
  const postgres = await startPostgres();
  t.after(() => postgres.stop());
  const nats = await broker(t, objects, config, program);
  const place: Place = { database: await postgres.createDatabase(), nats: nats.url, objects, secrets, config };

  const migrate = containerOf(objects, "Job", "noetl-migrate");
  const migration = await start(t, migrate.args ?? [], settingsAt(place, migrate, {}));
  assert.equal(await migration.ended, 0, migration.output());

  const port = String(await freePort());
  const url = `http://127.0.0.1:${port}`;
  const server = containerOf(objects, "Deployment", "noetl-server");
  const serving = await start(
    t,
    server.args ?? [],
    settingsAt(place, server, { NOETL_PORT: port, NOETL_SERVER_URL: url }),
  );
  await probed(serving, server, url);
  assert.match(serving.output(), /NATS/, "it uses the broker");
  assert.equal((await fetch(`${url}/api/executions`)).status, 401, "requests need the token of the Secret");

  const metrics = String(await freePort());
  const worker = containerOf(objects, "Deployment", "noetl-worker");
  const more = { NOETL_WORKER_METRICS_PORT: metrics, NOETL_SERVER_URL: url };
  const working = await start(t, worker.args ?? [], settingsAt(place, worker, more));
  await probed(working, worker, `http://127.0.0.1:${metrics}`);
  assert.match(await answers(`http://127.0.0.1:${metrics}/metrics`, working), /noetl_worker_ready 1/);

  const triggers = objects.flatMap((each) => (each.kind === "ScaledObject" ? each.spec.triggers : []));
  const asked = triggers.flatMap(({ type, metadata }) => (type === "nats-jetstream" ? [metadata] : []));
  assert.equal(asked.length, 5);
  for (const { account, stream, consumer } of asked) {
    // A worker subscribes when it works already.
    for (let made: string[] = []; !made.includes(consumer ?? ""); await pause(50)) {
      const jsz = await answers(`${nats.monitoring}/jsz?acc=${account}&consumers=true&config=true`, working);
      made = consumersIn(JSON.parse(jsz) as JetStreamPage, account, stream);
    }
  }
  const backlog = triggers.flatMap(({ type, metadata }) => (type === "metrics-api" ? [metadata] : []));
  assert.equal(backlog.length, 4);
  for (const { url: address, valueLocation } of backlog) {
    const page = await answers(`${url}${new URL(address ?? "").pathname}`, serving);
    assert.ok(page.split("\n").includes(`${valueLocation} 0`), `${valueLocation} is not told`);
  }

  await stopped(working);
  assert.match(working.output(), /the worker stopped/);
  await stopped(serving);
});

test("servers with one role each answer their probes", { timeout: 120_000 }, async (t) => {
  const text = `
server: { layout: split }
nats: { mode: none }
`;
  const config = readConfig({ file: "noetl.k8s.yaml", text });
  const objects = manifests(config);
  const secrets = [keysSecret(config, randomBytes)];
  const postgres = await startPostgres();
  t.after(() => postgres.stop());
  const place = { database: await postgres.createDatabase(), objects, secrets, config };
  const settings = (container: Container, more: Record<string, string>) => {
    const { NATS_URL: _, ...env } = settingsAt({ ...place, nats: "" }, container, more);
    return env;
  };
  const migrate = containerOf(objects, "Job", "noetl-migrate");
  const migration = await start(t, migrate.args ?? [], settings(migrate, {}));
  assert.equal(await migration.ended, 0, migration.output());
  const names = ["noetl-server", "noetl-publisher", "noetl-projector", "noetl-system"];
  await Promise.all(
    names.map(async (name) => {
      const container = containerOf(objects, "Deployment", name);
      const port = String(await freePort());
      const url = `http://127.0.0.1:${port}`;
      const running = await start(
        t,
        container.args ?? [],
        settings(container, { NOETL_PORT: port, NOETL_SERVER_URL: url }),
      );
      await probed(running, container, url);
      await stopped(running);
    }),
  );
});
