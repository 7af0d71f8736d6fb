import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseJson } from "@noetl/core";
import { type Host, openHost } from "@noetl/runner";
import { openPostgresStore } from "@noetl/store";
import { type Plane, plane, waitFor } from "../e2e/distributed/plane.ts";
import { freePort } from "../services/guarded.ts";
import { type Case, corpus, FIXTURES } from "./corpus.ts";
import type { World } from "./services.ts";
import { ranOf, type Subject } from "./subject.ts";

/** Nobody is killed here: on a busy machine a lease must not lapse, and playbooks that run beside each other must not wait. */
const PATIENT = { NOETL_COMMAND_CLAIM_LEASE_SECONDS: "120", NOETL_WORKER_MAX_INFLIGHT_COMMANDS: "64" };

const LONGEST_MS = 90_000;

/** `noetl server start --with-worker`: SQLite, one process. */
export async function embeddedSubject(world: World): Promise<Subject> {
  const at = await plane({ ...world.env, ...PATIENT });
  const server = await at.server(await freePort(), ["--with-worker", "--max-workers", "64"]);
  const host = await openHost({ env: { NOETL_HOME: join(at.folder, "data") }, workingDirectory: at.folder });
  return remote("embedded", { at, url: server.url, host, world });
}

/** Two servers that share the roles, and a worker: three processes over PostgreSQL and NATS. */
export async function clusterSubject(world: World): Promise<Subject> {
  const { control, nats, encryptionKey } = world;
  if (!nats) throw new Error("a cluster needs NATS");
  const env = { NOETL_DATABASE_URL: control.url, NATS_URL: nats.url, NOETL_ENCRYPTION_KEY: encryptionKey };
  const at = await plane({ ...world.env, ...PATIENT, ...env });
  const [server] = await Promise.all([
    at.server(await freePort(), ["--role", "api"]),
    at.server(await freePort(), ["--role", "publisher", "--role", "projector", "--role", "system"], "roles"),
  ]);
  await at.worker(server.url);
  const laptop = await openHost({ env: { NOETL_HOME: join(at.folder, "data") }, workingDirectory: at.folder });
  await laptop.store.close();
  const host = { ...laptop, store: await openPostgresStore({ target: { url: control.url }, env }) };
  return remote("postgres+nats", { at, url: server.url, host, world });
}

/** Register, execute and poll as any client would; the logs are read where they are stored. */
async function remote(
  name: string,
  { at, url, host, world }: { at: Plane; url: string; host: Host; world: World },
): Promise<Subject> {
  for (const credential of world.credentials) await send(`${url}/api/credentials`, credential);
  const paths = new Map<string, string>();
  for (const { file } of corpus()) {
    const content = await readFile(join(FIXTURES, file), "utf8");
    const answer = await send(`${url}/api/catalog/register`, { content, resource_type: "Playbook" });
    paths.set(file, String(answer.path));
  }
  return {
    name,
    async run(test: Case) {
      const started = await send(`${url}/api/execute`, { path: paths.get(test.file), payload: test.payload });
      const id = String(started.execution_id);
      await waitFor(`the end of ${test.file} on ${name}`, async () => (await isOver(url, id)) || undefined, LONGEST_MS);
      return ranOf(host, id);
    },
    async close() {
      await host.store.close();
      await at.close();
    },
  };
}

async function isOver(url: string, id: string): Promise<boolean> {
  const { completed, failed } = await read(await fetch(`${url}/api/executions/${id}/status`));
  return completed === true || failed === true;
}

async function send(url: string, body: unknown): Promise<{ [name: string]: unknown }> {
  const headers = { "content-type": "application/json" };
  return read(await fetch(url, { method: "POST", headers, body: JSON.stringify(body) }));
}

async function read(answer: Response): Promise<{ [name: string]: unknown }> {
  const text = await answer.text();
  assert.ok(answer.ok, `${answer.url}: ${answer.status} ${text}`);
  return parseJson(text) as { [name: string]: unknown };
}
