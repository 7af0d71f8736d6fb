import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { appendFile, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { exists, isSame, startedAt } from "./identity.ts";
import { claimPidFile, readPidFile, removePidFile, writePidFile } from "./pid-file.ts";
import { holderOf, isTaken } from "./port.ts";
import { thisProgram } from "./self.ts";
import { startDetached } from "./start.ts";
import { stop } from "./stop.ts";
import { stopPlace } from "./stop-place.ts";
import { follow, lastLines } from "./tail.ts";

async function folder(test: TestContext): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), "noetl-process-"));
  test.after(() => rm(path, { recursive: true, force: true, maxRetries: 3 }));
  return path;
}

/** A process of Node that says `ready` when `code` has run. */
async function child(test: TestContext, code: string): Promise<ChildProcess & { pid: number }> {
  const started = spawn(process.execPath, ["-e", `${code};console.log("ready");setInterval(()=>{}, 1e6)`], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  test.after(() => started.kill("SIGKILL"));
  await once(started.stdout, "data");
  return started as unknown as ChildProcess & { pid: number };
}

const yes = async () => true;
const no = async () => false;

describe("identity", () => {
  test("cli.md §8 #24: a process is known by its start, not by its number alone", async () => {
    const start = await startedAt(process.pid);
    assert.ok(start !== undefined && Math.abs(start - (Date.now() - process.uptime() * 1_000)) < 5_000);
    assert.ok(await isSame(process.pid, start));
    assert.ok(await isSame(process.pid, undefined));
    assert.equal(await isSame(process.pid, start - 60_000), false);
  });

  test("a process that ended is gone, also while nobody has asked how it ended", async (t) => {
    const one = await child(t, "");
    one.kill("SIGKILL");
    await once(one, "exit");
    assert.deepEqual([exists(one.pid), await isSame(one.pid, undefined)], [false, false]);
  });
});

describe("PID files", () => {
  test("tell who runs, where it answers and how it was started; the first line is the number alone", async (t) => {
    const file = join(await folder(t), "state", "x.pid");
    assert.deepEqual(await readPidFile(file), { state: "none" });
    await writePidFile(file, { pid: process.pid, url: "http://h:1", args: ["--port", "1"] });
    const found = await readPidFile(file);
    assert.equal(found.state, "running");
    assert.deepEqual(found.state === "running" && { ...found.record, start: 0 }, {
      pid: process.pid,
      start: 0,
      url: "http://h:1",
      args: ["--port", "1"],
    });
    assert.equal((await readFile(file, "utf8")).split("\n")[0], String(process.pid));
    assert.equal((await stat(file)).mode & 0o777, 0o600);
  });

  test("of a number that belongs to another process now are stale", async (t) => {
    const file = join(await folder(t), "x.pid");
    await writeFile(file, `${process.pid}\nstart=1000\n`);
    assert.equal((await readPidFile(file)).state, "stale");
  });

  test("of an older tool hold a number only, which then decides", async (t) => {
    const file = join(await folder(t), "x.pid");
    await writeFile(file, `${process.pid}\n`);
    assert.equal((await readPidFile(file)).state, "running");
    await writeFile(file, "not a number");
    await assert.rejects(readPidFile(file), { meaning: "validation", code: "E_PID_FILE" });
  });

  test("are claimed by one of two that start at the same time", async (t) => {
    const path = await folder(t);
    const file = join(path, "x.pid");
    const other = await child(t, "");
    const claims = await Promise.allSettled([
      claimPidFile(file, { pid: process.pid }),
      claimPidFile(file, { pid: other.pid }),
    ]);
    assert.deepEqual(claims.map(({ status }) => status).sort(), ["fulfilled", "rejected"]);
    const refused = claims.find((claim) => claim.status === "rejected");
    assert.equal(refused?.status === "rejected" && refused.reason.code, "ALREADY_RUNNING");
    assert.deepEqual(await readdir(path), ["x.pid"]);
  });

  test("of the dead are taken over, and nobody removes the file of another", async (t) => {
    const file = join(await folder(t), "x.pid");
    await writeFile(file, "999999999\n");
    await claimPidFile(file, { pid: process.pid });
    await removePidFile(file, 999_999_999);
    assert.equal((await readPidFile(file)).state, "running");
    await removePidFile(file, process.pid);
    assert.equal((await readPidFile(file)).state, "none");
  });
});

describe("stopping", () => {
  test("a process that listens to SIGTERM stops by itself", async (t) => {
    const one = await child(t, "");
    const ended = once(one, "exit");
    assert.equal(await stop({ pid: one.pid }, { patienceMs: 5_000, mayKill: no }), "stopped");
    await ended;
    assert.equal(one.signalCode, "SIGTERM");
  });

  test("one that does not is left when nobody allows more", async (t) => {
    const one = await child(t, "process.on('SIGTERM', () => {})");
    assert.equal(await stop({ pid: one.pid }, { patienceMs: 100, mayKill: no }), "left");
    assert.ok(exists(one.pid));
  });

  test("cli.md §9.7: and killed when somebody does, with what it started", async (t) => {
    const grandchild = "require('node:child_process').spawn('sleep', ['1000'], {detached: true}).pid";
    const code = `process.on('SIGTERM', () => {}); require('node:fs').writeFileSync(process.env.FILE, String(${grandchild}))`;
    const file = join(await folder(t), "pid");
    const one = await child(t, `process.env.FILE=${JSON.stringify(file)}; ${code}`);
    const started = Number(await readFile(file, "utf8"));
    assert.ok(exists(started));
    assert.equal(await stop({ pid: one.pid }, { patienceMs: 100, mayKill: yes }), "killed");
    for (let tries = 0; (await startedAt(started)) !== undefined; tries++) {
      assert.ok(tries < 100, "what it started still runs");
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  });

  test("a number that was given to another process is not signalled", async (t) => {
    const one = await child(t, "");
    const start = ((await startedAt(one.pid)) ?? 0) - 60_000;
    assert.equal(await stop({ pid: one.pid, start }, { patienceMs: 100, mayKill: yes }), "gone");
    assert.ok(exists(one.pid));
  });

  test("cli.md §8 #24, §9.7: by PID file: it is removed with the process, kept when the process stays, and a stale one is cleared", async (t) => {
    const path = await folder(t);
    const place = { name: "x", pidFile: join(path, "x.pid"), logFile: join(path, "x.log") };
    const stopIt = (more: { mayStop?: typeof yes; mayKill?: typeof yes } = {}) =>
      stopPlace({ place, patienceMs: 100, mayStop: yes, mayKill: no, ...more });
    assert.deepEqual(await stopIt(), { name: "x", status: "not_running", pid: null });
    await writeFile(place.pidFile, `${process.pid}\nstart=1\n`);
    assert.deepEqual(await stopIt(), { name: "x", status: "not_running", pid: process.pid });
    const stubborn = await child(t, "process.on('SIGTERM', () => {})");
    await writePidFile(place.pidFile, { pid: stubborn.pid });
    assert.equal((await stopIt({ mayStop: no })).status, "declined");
    assert.equal((await stopIt()).status, "left");
    assert.equal((await readPidFile(place.pidFile)).state, "running");
    assert.equal((await stopIt({ mayKill: yes })).status, "killed");
    assert.equal((await readPidFile(place.pidFile)).state, "none");
  });
});

test("who holds a port is named", async (t) => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => server.close());
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  assert.equal(await isTaken("127.0.0.1", port), true);
  const holder = await holderOf(port);
  assert.equal(holder?.pid, process.pid);
  assert.match(holder?.command ?? "", /node/);
  await new Promise((resolve) => server.close(resolve));
  assert.equal(await isTaken("0.0.0.0", port), false);
  assert.equal(await holderOf(port), undefined);
});

describe("logs", () => {
  test("end with the last lines, however long they are", async (t) => {
    const file = join(await folder(t), "x.log");
    assert.deepEqual(await lastLines(file, 3), { text: "", end: 0 });
    const long = "x".repeat(100_000);
    const text = `one\n${long}\nthree\n`;
    await writeFile(file, text);
    assert.deepEqual(await lastLines(file, 2), { text: `${long}\nthree\n`, end: text.length });
    assert.equal((await lastLines(file, 10)).text, text);
    assert.equal((await lastLines(file, 0)).text, "");
    await writeFile(file, "one\ntwo");
    assert.equal((await lastLines(file, 1)).text, "two");
  });

  test("are followed, also when the file begins anew", async (t) => {
    const file = join(await folder(t), "x.log");
    await writeFile(file, "old\n");
    const end = new AbortController();
    t.after(() => end.abort());
    let seen = "";
    const following = follow(file, 4, end.signal, (bytes) => {
      seen += bytes.toString();
    });
    await appendFile(file, "added\n");
    await waitFor(() => seen === "added\n");
    await writeFile(file, "new\n");
    await waitFor(() => seen === "added\nnew\n");
    end.abort();
    await following;
  });
});

describe("starting", () => {
  const options = (path: string, code: string) => ({
    label: "the thing",
    place: { name: "x", pidFile: join(path, "x.pid"), logFile: join(path, "logs", "x.log") },
    program: { file: process.execPath, args: ["-e", code] },
    env: { ...process.env, FILE: join(path, "x.pid") },
    cwd: path,
    waitMs: 5_000,
    isReady: async () => true,
  });
  const alive = "setInterval(() => {}, 1e6)";
  const announce = `require('node:fs').writeFileSync(process.env.FILE, process.pid + '\\nurl=http://h:1\\n')`;

  test("a process goes on alone, with its output in a file; starting it again starts nothing", async (t) => {
    const path = await folder(t);
    const wanted = options(path, `console.log("hello"); ${announce}; ${alive}`);
    const first = await startDetached(wanted);
    t.after(() => process.kill(first.pid, "SIGKILL"));
    assert.deepEqual([first.status, first.url], ["started", "http://h:1"]);
    assert.equal(await readFile(first.log_file, "utf8"), "hello\n");
    assert.deepEqual(await startDetached(wanted), { ...first, status: "already_running" });
  });

  test("one that only finishes is waited for, as long as one is ready to wait", async (t) => {
    const path = await folder(t);
    const wanted = options(path, `${announce}; ${alive}`);
    const first = await startDetached(wanted);
    t.after(() => exists(first.pid) && process.kill(first.pid, "SIGKILL"));
    const ending = { ...wanted, isEnding: async () => true };
    await assert.rejects(startDetached({ ...ending, waitMs: 50 }), { meaning: "conflict", code: "STILL_ENDING" });
    const next = startDetached(ending);
    process.kill(first.pid, "SIGKILL");
    const { status, pid } = await next;
    t.after(() => process.kill(pid, "SIGKILL"));
    assert.equal(status, "started");
    assert.notEqual(pid, first.pid);
  });

  test("one that ends at once is an error with its last words, and the meaning of its exit code", async (t) => {
    const path = await folder(t);
    const wanted = options(path, `console.error("cannot"); process.exit(2)`);
    await assert.rejects(startDetached(wanted), { meaning: "validation", message: /exit code 2.*cannot/s });
  });

  test("cli.md §8 #45: one that is not ready in time is named, and goes on", async (t) => {
    const path = await folder(t);
    const wanted = options(path, alive);
    await assert.rejects(startDetached({ ...wanted, waitMs: 200 }), (error: { data?: { pid: number } }) => {
      const pid = error.data?.pid ?? 0;
      t.after(() => process.kill(pid, "SIGKILL"));
      assert.ok(exists(pid));
      return true;
    });
  });

  test("a program that does not exist is said to be so", async (t) => {
    const path = await folder(t);
    const wanted = { ...options(path, ""), program: { file: join(path, "nothing"), args: [] } };
    await assert.rejects(startDetached(wanted), { meaning: "not_found", code: "PROGRAM_NOT_FOUND" });
  });
});

test("this program starts itself again by its script, or by itself when it is compiled", () => {
  const node = { execPath: "/n/node", execArgv: ["--inspect=1", "--no-warnings"], script: "/x/noetl.js" };
  assert.deepEqual(thisProgram(node), { file: "/n/node", args: ["--no-warnings", "/x/noetl.js"] });
  const binary = { execPath: "/x/noetl", execArgv: [], script: "/$bunfs/root/noetl" };
  assert.deepEqual(thisProgram(binary), { file: "/x/noetl", args: [] });
});

async function waitFor(holds: () => boolean): Promise<void> {
  for (let tries = 0; !holds(); tries++) {
    if (tries > 500) throw new Error("it did not come to that");
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
