import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { chmod, chown, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { assertClear, assertCompleted, assertTidy, noetl, playbook, temporaryHome } from "./noetl.ts";

const isRoot = process.getuid?.() === 0;
const posix = { skip: process.platform === "win32" && "uses POSIX permissions" };
/** Who may write nowhere: root may write everywhere, so root becomes nobody. */
const nobody = isRoot ? { uid: 65_534 } : {};

function works(program: string, ...args: string[]): boolean {
  try {
    execFileSync(program, args, { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

const limited = { skip: !works("prlimit", "--fsize=1000000", "true") && "needs prlimit" };
const spaces = { skip: !works("unshare", "-rm", "mount", "-t", "tmpfs", "tmpfs", "/tmp") && "needs user namespaces" };
const full = { skip: !existsSync("/dev/full") && "needs /dev/full" };

/** Every item leaves a line in the ledger and 8 kB in the log. */
const GROWING = playbook(
  "grow",
  `{step: a, loop: {in: "{{ range(120) }}", iterator: n, mode: sequential}, tool: {kind: shell, cmds: "echo {{ iter.n }} >> ledger; head -c 8000 /dev/zero | tr '\\\\0' x"}}`,
);

async function homeWith(t: TestContext, text: string): Promise<string> {
  const home = await temporaryHome(t);
  await writeFile(join(home, "p.yaml"), text);
  return home;
}

async function ledger(home: string): Promise<string[]> {
  return (await readFile(join(home, "ledger"), "utf8")).trim().split("\n");
}

test("a log that may not grow ends the run with its cause; with room again it is resumed", limited, async (t) => {
  const home = await homeWith(t, GROWING);
  const stopped = await noetl(["run", "p.yaml", "-q"], { home, under: ["prlimit", "--fsize=900000"] });
  assertClear(stopped, 4, /noetl\.db/);
  const before = await ledger(home);
  assert.ok(before.length > 5 && before.length < 120, `${before.length} items ran`);
  assertCompleted(await noetl(["run", "p.yaml", "-q", "--resume"], { home }));
  // Only the item whose end could not be written runs twice.
  const after = await ledger(home);
  assert.equal(new Set(after).size, 120);
  assert.ok(after.length <= 121, `${after.length - 120} items ran again`);
});

test("a full disk: a clear error, then, with room again, the rest of the run", spaces, async (t) => {
  const home = await homeWith(t, GROWING);
  await mkdir(join(home, "data"));
  const script = [
    'mount -t tmpfs -o size=700k tmpfs "$NOETL_HOME"',
    '"$@"; echo "first $?" >&2',
    'mount -o remount,size=64m "$NOETL_HOME"',
    '"$@" --resume; echo "second $?" >&2',
  ].join("\n");
  const ran = await noetl(["run", "p.yaml", "-q"], { home, under: ["unshare", "-rm", "sh", "-c", script, "sh"] });
  assertTidy(ran);
  assert.match(ran.stderr, /no space left for .*noetl\.db[\s\S]*first 4\n[\s\S]*second 0\n/);
  const after = await ledger(home);
  assert.equal(new Set(after).size, 120);
  assert.ok(after.length <= 121, `${after.length - 120} items ran again`);
});

test("no room for anything, from the start", spaces, async (t) => {
  const home = await homeWith(t, GROWING);
  await mkdir(join(home, "data"));
  for (const size of ["4k", "16k", "100k", "220k"]) {
    const script = `mount -t tmpfs -o size=${size} tmpfs "$NOETL_HOME" && exec "$@"`;
    const ran = await noetl(["run", "p.yaml", "-q"], { home, under: ["unshare", "-rm", "sh", "-c", script, "sh"] });
    assertTidy(ran);
    assert.match(ran.stderr, /^Error: .*\n(.*\n)*Hint: /m, size);
    assert.ok(ran.code === 4 || ran.code === 1, `${size}: exit ${ran.code}`);
  }
});

test("what still runs ends with a run that lost its log", limited, async (t) => {
  const home = await homeWith(
    t,
    playbook(
      "p",
      `{step: a, tool: {kind: shell, cmds: "head -c 20000 /dev/zero | tr '\\\\0' x"}, next: a}`,
      "{step: slow, tool: {kind: shell, cmds: sleep 300}}",
      "{step: start, tool: {kind: noop}, next: [a, slow]}",
    ),
  );
  const ran = await noetl(["run", "p.yaml", "-q"], { home, under: ["prlimit", "--fsize=900000"] });
  assertClear(ran, 4, /noetl\.db/);
});

test("a data folder that cannot be made, be written, or be read", posix, async (t) => {
  const home = await homeWith(t, playbook("p", "{step: a, tool: {kind: noop, result: fine}}"));
  assertCompleted(await noetl(["run", "p.yaml"], { home }));
  await chmod(home, 0o555);
  await chmod(join(home, "data"), 0o555);
  await chmod(join(home, "data", "noetl.db"), 0o444);
  const run = (data: string) => noetl(["run", "p.yaml"], { home, env: { NOETL_HOME: data }, ...nobody });
  assertClear(await run(join(home, "new")), 4, /cannot create .*new/);
  assertClear(await run(join(home, "data")), 4, /noetl\.db/);
  await chmod(join(home, "data"), 0o000);
  assertClear(await run(join(home, "data")), 4, /noetl\.db/);
  await chmod(join(home, "data"), 0o755);
  await chmod(home, 0o755);
});

test("a playbook that may not be read", posix, async (t) => {
  const home = await homeWith(t, playbook("p", "{step: a, tool: {kind: noop}}"));
  await chmod(home, 0o755);
  await chmod(join(home, "p.yaml"), 0o000);
  await mkdir(join(home, "data"), { mode: 0o777 });
  if (isRoot) await chown(join(home, "data"), 65_534, 65_534);
  assertClear(await noetl(["run", "p.yaml"], { home, ...nobody }), 1, /p\.yaml.*permission/);
});

test("a database that is none", async (t) => {
  const home = await homeWith(t, playbook("p", "{step: a, tool: {kind: noop}}"));
  await mkdir(join(home, "data"));
  await writeFile(join(home, "data", "noetl.db"), Buffer.alloc(20_000, "not a database "));
  assertClear(await noetl(["run", "p.yaml"], { home }), 1, /damaged or not a NoETL database/);
});

test("a result that cannot be written to stdout is an error, progress that cannot be is none", full, async (t) => {
  const home = await homeWith(t, playbook("p", "{step: a, tool: {kind: noop, result: {x: 1}}}"));
  const sh = (redirect: string) => ["sh", "-c", `exec "$@" ${redirect}`, "sh"];
  assertClear(await noetl(["run", "p.yaml", "-q"], { home, under: sh("> /dev/full") }), 1, /no space left/);
  // Answered before the program is loaded.
  assertClear(await noetl(["--version"], { home, under: sh("> /dev/full") }), 1, /no space left/);
  const quiet = await noetl(["run", "p.yaml"], { home, under: sh("2> /dev/full") });
  assertCompleted(quiet);
  assert.deepEqual(JSON.parse(quiet.stdout), { x: 1 });
});
