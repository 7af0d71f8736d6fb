import assert from "node:assert/strict";
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { cli as run } from "@noetl/sdk/testing";
import { exists } from "../processes/identity.ts";
import { readPidFile } from "../processes/pid-file.ts";
import { serverPlace, workerPlaces } from "../processes/places.ts";
import { stop } from "../processes/stop.ts";

const DATABASE = {
  NOETL_DATABASE_URL: "",
  POSTGRES_HOST: "",
  NATS_URL: "",
};

interface Home {
  folder: string;
  data: string;
  env: Record<string, string>;
  cli(
    ...args: string[]
  ): Promise<{ code: number | null; stdout: string; stderr: string; json: Record<string, unknown> }>;
}

/** A machine of its own: what is started on it has ended when the test has. */
async function machine(t: TestContext, env: Record<string, string> = {}): Promise<Home> {
  const folder = await mkdtemp(join(tmpdir(), "noetl-machine-"));
  const home: Home = {
    folder,
    data: join(folder, "data"),
    env: { ...DATABASE, ...env },
    async cli(...args) {
      const ran = await run(args, { home: folder, env: home.env });
      const json = args.includes("--json") && ran.stdout !== "" ? JSON.parse(ran.stdout) : {};
      return { ...ran, json };
    },
  };
  t.after(async () => {
    const env = { NOETL_HOME: home.data };
    for (const { pidFile } of [serverPlace(env), ...(await workerPlaces(env))]) {
      const found = await readPidFile(pidFile);
      if (found.state === "running") await stop(found.record, { patienceMs: 1_000, mayKill: async () => true });
    }
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  });
  return home;
}

const HELLO = `apiVersion: noetl.io/v2
kind: Playbook
metadata: {name: hello, path: hello}
workflow:
  - step: a
    tool: {kind: noop, result: {greeting: "hello {{ workload.name }}"}}
`;

describe("server and worker", () => {
  test("cli.md §8 #12, §9.7: start, execute, status, list, logs, restart, stop", async (t) => {
    const home = await machine(t);
    const started = await home.cli("server", "start", "--port", "0", "--json");
    assert.equal(started.code, 0, started.stderr);
    const { pid, url } = started.json as { pid: number; url: string };
    const again = await home.cli("server", "start", "--port", "0", "--json");
    assert.deepEqual([again.code, again.json.status, again.json.pid], [0, "already_running", pid]);

    home.env.NOETL_SERVER_URL = url;
    const worker = await home.cli("worker", "start", "--name", "one-1", "--max-workers", "3", "--json");
    assert.equal(worker.code, 0, worker.stderr);
    await writeFile(join(home.folder, "hello.yaml"), HELLO);
    assert.equal((await home.cli("register", "playbook", "hello.yaml")).code, 0);
    const done = await home.cli("execute", "hello", "--set", "name=Ada", "--wait", "--json");
    assert.equal(done.code, 0, done.stderr);
    assert.match(done.stdout, /hello Ada/);

    const status = await home.cli("server", "status", "--json");
    assert.deepEqual([status.json.state, status.json.pid, status.json.url], ["running", pid, url]);
    assert.deepEqual(status.json.health, { health: "ok", database: "connected", nats: "not_configured" });
    const list = await home.cli("worker", "list", "--json");
    const [listed, ...others] = list.json.workers as Record<string, unknown>[];
    assert.deepEqual([listed?.name, listed?.state, listed?.capacity, others.length], ["one_1", "running", 3, 0]);
    assert.match(String(listed?.worker_id), /^worker-/);
    assert.equal((await home.cli("worker", "status", "--name", "one-1")).code, 0);
    assert.match((await home.cli("server", "logs", "-n", "5")).stdout, /the server listens/);
    assert.match((await home.cli("worker", "logs", "--name", "one-1")).stdout, /task finished/);
    assert.equal((await home.cli("worker", "logs", "--name", "never-started")).code, 3);

    const restarted = await home.cli("server", "restart", "--port", new URL(url).port, "--json");
    assert.equal(restarted.code, 0, restarted.stderr);
    assert.notEqual(restarted.json.pid, pid);
    assert.equal(restarted.json.url, url);
    // A process that has ended is seen until its new parent has taken note.
    await waitFor(async () => !exists(pid) || undefined);

    const stopped = await home.cli("worker", "stop", "--json");
    assert.deepEqual(stopped.json.workers, [{ name: "one_1", status: "stopped", pid: worker.json.pid }]);
    const end = await home.cli("server", "stop");
    assert.deepEqual([end.code, /Server stopped/.test(end.stdout)], [0, true]);
    assert.equal((await home.cli("server", "status")).code, 3);
    assert.equal((await home.cli("server", "stop", "--port", "1")).code, 0);
    assert.match((await home.cli("worker", "stop")).stdout, /No worker is running/);
  });

  test("with --with-worker one command is enough", async (t) => {
    const home = await machine(t);
    const started = await home.cli("server", "start", "--port", "0", "--with-worker", "--max-workers", "2", "--json");
    assert.equal(started.code, 0, started.stderr);
    home.env.NOETL_SERVER_URL = String(started.json.url);
    await writeFile(join(home.folder, "hello.yaml"), HELLO);
    await home.cli("register", "playbook", "hello.yaml");
    assert.equal((await home.cli("execute", "hello", "--set", "name=Ada", "--wait")).code, 0);
  });

  test("cli.md §9.7: a worker that is busy finishes, or is killed with what it runs when that is allowed", async (t) => {
    const home = await machine(t);
    const started = await home.cli("server", "start", "--port", "0", "--json");
    home.env.NOETL_SERVER_URL = String(started.json.url);
    const file = join(home.folder, "pid");
    await writeFile(
      join(home.folder, "slow.yaml"),
      HELLO.replace(/tool: .*/, () => `tool: {kind: shell, cmds: "echo $$ > ${file}; exec sleep 1000"}`),
    );
    await home.cli("worker", "start");
    await home.cli("register", "playbook", "slow.yaml");
    await home.cli("execute", "hello");
    const tool = await waitFor(async () => Number(await readFile(file, "utf8").catch(() => "")) || undefined);

    // Twice: the second time must not be the second signal that makes it leave at once.
    for (const _ of [1, 2]) {
      const left = await home.cli("worker", "stop", "--timeout", "300ms", "--json");
      assert.deepEqual([left.code, (left.json.workers as { status: string }[])[0]?.status], [1, "left"]);
    }
    assert.match((await home.cli("worker", "status")).stdout, /the worker is draining/);
    assert.ok(exists(tool));
    const killed = await home.cli("worker", "stop", "--timeout", "300ms", "--force", "--json");
    assert.deepEqual([killed.code, (killed.json.workers as { status: string }[])[0]?.status], [0, "killed"]);
    await waitFor(async () => !exists(tool) || undefined);
  });

  test("cli.md §8 #24: a port that is taken names its holder; nothing is started and nobody signalled", async (t) => {
    const home = await machine(t);
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    t.after(() => server.close());
    const address = server.address();
    const port = String(typeof address === "object" && address !== null ? address.port : 0);
    const refused = await home.cli("server", "start", "--port", port);
    assert.equal(refused.code, 4);
    assert.match(refused.stderr, new RegExp(`port ${port} of 127.0.0.1 is in use by process ${process.pid} \\(`));
    const stop = await home.cli("server", "stop", "--port", port, "--force");
    assert.equal(stop.code, 0);
    assert.match(stop.stderr, new RegExp(`used by ${process.pid} .*no NoETL server`));
    assert.ok(server.listening);
  });

  test("a server whose PID file is gone is found by its port", async (t) => {
    const home = await machine(t);
    const started = await home.cli("server", "start", "--port", "0", "--json");
    const { pid, url, pid_file } = started.json as { pid: number; url: string; pid_file: string };
    await rm(pid_file);
    const { port } = new URL(url);
    const declined = await home.cli("server", "stop", "--port", port);
    assert.match(declined.stdout, /goes on/);
    const stopped = await home.cli("server", "stop", "--port", port, "--force", "--json");
    t.after(() => exists(pid) && process.kill(pid, "SIGKILL"));
    assert.deepEqual(stopped.json, { schema: "noetl.server.stop/1", name: "server", status: "stopped", pid });
  });

  test("cli.md §8 #46: what cannot start says why, with the log's last words and its exit code", async (t) => {
    const home = await machine(t, { NOETL_RUNTIME_SWEEP_INTERVAL: "often" });
    const refused = await home.cli("server", "start", "--port", "0");
    assert.equal(refused.code, 2);
    assert.match(refused.stderr, /NOETL_RUNTIME_SWEEP_INTERVAL/);
    const open = await home.cli("server", "start", "--port", "0", "--host", "0.0.0.0");
    assert.deepEqual([open.code, /NOETL_/.test(open.stderr)], [2, true]);
    const worker = await home.cli("worker", "start", "--v2");
    assert.deepEqual([worker.code, /NATS_URL/.test(worker.stderr)], [2, true]);
  });

  test("a worker whose server is not there is not ready in time, goes on trying, and can be stopped", async (t) => {
    const home = await machine(t, { NOETL_SERVER_URL: "http://127.0.0.1:1" });
    const late = await home.cli("worker", "start", "--wait-timeout", "2s", "--json");
    assert.equal(late.code, 4);
    const status = await home.cli("worker", "status", "--json");
    assert.deepEqual([status.json.state, status.json.ready], ["running", false]);
    assert.equal((await home.cli("worker", "stop", "--all")).code, 0);
    assert.equal((await home.cli("worker", "status")).code, 3);
  });
});

describe("--runtime python", () => {
  /** A python that writes down how it was called and then does what it is told. */
  async function standIn(home: Home, script: string): Promise<string> {
    const bin = join(home.folder, "bin");
    await mkdir(bin, { recursive: true });
    const record = join(home.folder, "called");
    const text = `#!/bin/sh\n{ echo "$@"; env | grep -E '^(NOETL_|NATS_)' | sort; } > "${record}"\n${script}\n`;
    await writeFile(join(bin, "python"), text);
    await chmod(join(bin, "python"), 0o755);
    home.env.PATH = `${bin}${delimiter}${process.env.PATH}`;
    return record;
  }

  test("starts the original server with its arguments and the environment, and waits for its health", async (t) => {
    const home = await machine(t, { NOETL_ENABLE_UI: "true" });
    const answer = "require('http').createServer((q, s) => s.end('{}')).listen(process.argv[1], '127.0.0.1')";
    const record = await standIn(home, `exec "${process.execPath}" -e "${answer}" "$6"`);
    const port = await freePort();
    const started = await home.cli("server", "start", "--runtime", "python", "--port", port, "--init-db", "--json");
    assert.equal(started.code, 0, started.stderr);
    assert.equal(started.json.url, `http://127.0.0.1:${port}`);
    const [args, ...env] = (await readFile(record, "utf8")).split("\n");
    assert.equal(args, `-m noetl.server --host 127.0.0.1 --port ${port} --init-db`);
    assert.ok(env.includes("NOETL_ENABLE_UI=true"));
    const stopped = await home.cli("server", "stop", "--json");
    assert.deepEqual([stopped.json.status, stopped.json.pid], ["stopped", started.json.pid]);
  });

  test("starts the original worker, which is told its name and server by the environment", async (t) => {
    const home = await machine(t, { NATS_URL: "nats://n:4222" });
    const record = await standIn(home, "exec sleep 1000");
    const url = "http://127.0.0.1:9";
    const started = await home.cli(
      "worker",
      "start",
      "--runtime",
      "python",
      "--name",
      "p",
      "--server-url",
      url,
      "--json",
    );
    assert.equal(started.code, 0, started.stderr);
    const [args, ...env] = (await readFile(record, "utf8")).split("\n");
    assert.equal(args, "-m noetl.worker");
    for (const line of ["NATS_URL=nats://n:4222", "NOETL_WORKER_POOL_NAME=p", `NOETL_SERVER_URL=${url}`]) {
      assert.ok(env.includes(line), line);
    }
    assert.equal((await home.cli("worker", "stop", "--name", "p", "--json")).code, 0);
  });

  test("in the foreground it takes our place: its exit code is ours", async (t) => {
    const home = await machine(t);
    await standIn(home, "exit 7");
    assert.equal((await home.cli("worker", "start", "--runtime", "python", "--foreground")).code, 7);
  });

  test("without python it says what is missing", async (t) => {
    const home = await machine(t, { PATH: "/nowhere" });
    const refused = await home.cli("server", "start", "--runtime", "python", "--port", await freePort());
    assert.deepEqual([refused.code, /python on the search path/.test(refused.stderr)], [3, true]);
  });
});

async function freePort(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return String(typeof address === "object" && address !== null ? address.port : 0);
}

async function waitFor<T>(look: () => Promise<T | undefined>): Promise<T> {
  for (let tries = 0; tries < 1_000; tries++) {
    const found = await look();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error("it did not come to that");
}
