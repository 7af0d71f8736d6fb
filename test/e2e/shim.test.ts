import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { chmod, copyFile, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import { transform } from "esbuild";
import { platformHere } from "../../scripts/platforms.ts";

const SHIM = fileURLToPath(new URL("../../bin/noetl.cjs", import.meta.url));
const windows = process.platform === "win32" && "a script stands in for the binary";

/** Says what it was given, then does what its first argument says. */
const FAKE_BINARY = `#!/bin/sh
case "$1" in
  exit) exit "$2" ;;
  cat) cat ;;
  kill) kill -s "$2" $$ ;;
  wait) trap 'echo got TERM; exit 7' TERM; trap 'echo got INT; exit 8' INT; echo ready; while :; do sleep 0.05; done ;;
  *) echo "binary $0 shim=$NOETL_SHIM args=$*" ;;
esac
`;
const FAKE_BUNDLE = `console.log("bundle", process.argv.slice(2).join(" ")); process.exitCode = 3;`;

/** Loaded before the shim: an older Node, as far as the shim can see. */
const WITHOUT_EXECVE = `process.execve = undefined;`;
const OLD = `Object.defineProperty(process.versions, "node", { value: "20.20.0" }); process.execve = undefined;`;

interface Installed {
  folder: string;
  shim: string;
  binary: string;
  start(args: string[], options?: { env?: Record<string, string>; preload?: string }): ChildProcess;
  run(args: string[], options?: { env?: Record<string, string>; preload?: string; input?: string }): Promise<Ran>;
}
type Ran = { stdout: string; stderr: string; code: number | null; signal: string | null };

/** node_modules as npm lays it out, with stand-ins for the bundle and, when asked, the platform's binary. */
async function install(t: TestContext, { withBinary }: { withBinary: boolean }): Promise<Installed> {
  const folder = await mkdtemp(join(tmpdir(), "noetl-shim-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const own = join(folder, "node_modules", "@noetl", "cli");
  await mkdir(join(own, "bin"), { recursive: true });
  await mkdir(join(own, "lib"));
  await writeFile(join(own, "package.json"), "{}");
  await writeFile(join(own, "lib", "package.json"), '{"type":"module"}');
  await writeFile(join(own, "lib", "main.js"), FAKE_BUNDLE);
  const shim = join(own, "bin", "noetl.js");
  await copyFile(SHIM, shim);
  const binary = join(folder, "node_modules", "@noetl", `cli-${platformHere()?.name}`, "bin", "noetl");
  if (withBinary) {
    await mkdir(join(binary, ".."), { recursive: true });
    await writeFile(binary, FAKE_BINARY);
    await chmod(binary, 0o755);
  }
  await writeFile(join(folder, "old.cjs"), OLD);
  await writeFile(join(folder, "without-execve.cjs"), WITHOUT_EXECVE);
  const start: Installed["start"] = (args, { env = {}, preload } = {}) => {
    const child = spawn(process.execPath, [...(preload ? ["-r", join(folder, preload)] : []), shim, ...args], {
      env: { PATH: process.env.PATH, NOETL_RUNTIME: "", NOETL_BINARY: "", ...env },
      stdio: "pipe",
    });
    t.after(() => child.kill("SIGKILL"));
    return child;
  };
  const run: Installed["run"] = async (args, options = {}) => {
    const child = start(args, options);
    child.stdin?.end(options.input ?? "");
    return ended(child);
  };
  return { folder, shim, binary, start, run };
}

async function ended(child: ChildProcess): Promise<Ran> {
  const [stdout, stderr, [code, signal]] = await Promise.all([
    child.stdout ? text(child.stdout) : "",
    child.stderr ? text(child.stderr) : "",
    once(child, "close"),
  ]);
  return { stdout, stderr, code, signal };
}

test("the shim has no syntax that Node 12 does not read", async () => {
  const source = await readFile(SHIM, "utf8");
  // Node 12 reads import() too; what it imports is only reached on Node 22.
  const supported = { "dynamic-import": true };
  const [old, today] = await Promise.all(
    ["node12.0", "esnext"].map((target) => transform(source, { target, supported })),
  );
  assert.equal(old?.code, today?.code);
  assert.doesNotMatch(source, /["']node:/);
});

test("a missing platform package is no error: the bundle runs in this process", async (t) => {
  const { run } = await install(t, { withBinary: false });
  assert.deepEqual(await run(["a", "b"]), { stdout: "bundle a b\n", stderr: "", code: 3, signal: null });
});

test("NOETL_RUNTIME=binary without a binary says which package is missing", async (t) => {
  const { run } = await install(t, { withBinary: false });
  const { stderr, code } = await run([], { env: { NOETL_RUNTIME: "binary" } });
  assert.match(stderr, /^noetl: no binary for \S+ is installed; npm install @noetl\/cli-\S+\n$/);
  assert.equal(code, 1);
});

test("a Node that is too old, without a binary, gets one clear sentence", async (t) => {
  const { run } = await install(t, { withBinary: false });
  const { stdout, stderr, code } = await run(["run", "x"], { preload: "old.cjs" });
  assert.match(stderr, /^noetl: needs Node 22\.15 or newer, this is v\S+, and its binary for \S+ is not installed\n$/);
  assert.equal(stdout, "");
  assert.equal(code, 1);
});

test("variables choose: NOETL_BINARY before NOETL_RUNTIME, nonsense is a usage error", { skip: windows }, async (t) => {
  const { run, folder } = await install(t, { withBinary: true });
  assert.match((await run(["x"])).stdout, /^binary .* args=x\n$/);
  assert.equal((await run(["x"], { env: { NOETL_RUNTIME: "js" } })).stdout, "bundle x\n");
  const other = join(folder, "other");
  await writeFile(other, "#!/bin/sh\necho other");
  await chmod(other, 0o755);
  assert.equal((await run([], { env: { NOETL_BINARY: other, NOETL_RUNTIME: "js" } })).stdout, "other\n");
  for (const env of [{ NOETL_RUNTIME: "wasm" }, { NOETL_BINARY: join(folder, "nix") }]) {
    const { code, stderr } = await run([], { env });
    assert.equal(code, 2);
    assert.equal(stderr.split("\n").length, 2, stderr);
  }
});

test("a binary that cannot be executed is passed over", { skip: windows }, async (t) => {
  const { run, binary } = await install(t, { withBinary: true });
  await chmod(binary, 0o644);
  assert.equal((await run(["x"])).stdout, "bundle x\n");
});

for (const [how, preload] of [
  ["by execve", undefined],
  ["as a child", "without-execve.cjs"],
  ["as a child of a Node that is too old for the bundle", "old.cjs"],
] as const) {
  const options = { skip: windows };
  const with_ = preload ? { preload } : {};

  test(`the binary runs ${how}: arguments, exit code, stdin`, options, async (t) => {
    const { run, shim } = await install(t, { withBinary: true });
    const said = await run(["one", "two words"], with_);
    assert.match(said.stdout, new RegExp(`shim=${shim} args=one two words\n`));
    assert.equal(said.stderr, "");
    assert.equal((await run(["exit", "77"], with_)).code, 77);
    assert.equal((await run(["cat"], { ...with_, input: "through\n" })).stdout, "through\n");
  });

  test(`signals reach the binary that runs ${how}`, options, async (t) => {
    const { start } = await install(t, { withBinary: true });
    for (const [signal, code] of [
      ["SIGTERM", 7],
      ["SIGINT", 8],
    ] as const) {
      const child = start(["wait"], with_);
      await once(child.stdout as NodeJS.ReadableStream, "data");
      child.kill(signal);
      const [ended] = await once(child, "close");
      assert.equal(ended, code);
    }
  });
}

test("a child that a signal ended gives 128 + its number", { skip: windows }, async (t) => {
  const { run } = await install(t, { withBinary: true });
  assert.equal((await run(["kill", "TERM"], { preload: "without-execve.cjs" })).code, 143);
  assert.equal((await run(["kill", "KILL"], { preload: "without-execve.cjs" })).code, 137);
});

test("Ctrl-C at a terminal reaches the binary once", { skip: windows || !hasScript() }, async (t) => {
  const { folder, shim } = await install(t, { withBinary: true });
  for (const preload of ["", `-r ${join(folder, "without-execve.cjs")}`]) {
    // `script` gives it a terminal; ^C typed there is a signal to the whole foreground group.
    // The shell around it is in that group too: without a trap, dash would end before it tells the exit code.
    const line = `trap : INT; ${process.execPath} ${preload} ${shim} wait; echo "exit $?"`;
    const child = spawn("script", ["-qec", line, "/dev/null"], { stdio: "pipe" });
    let shown = "";
    child.stdout.on("data", (chunk: Buffer) => {
      shown += chunk;
      if (/ready/.test(shown) && !/\^C/.test(shown)) child.stdin.write("\u0003");
    });
    await once(child, "close");
    assert.match(shown, /exit 8/);
    assert.equal(shown.match(/got INT/g)?.length, 1, shown);
  }
});

test("symbolic links name the program", { skip: windows }, async (t) => {
  const { folder, shim, binary } = await install(t, { withBinary: true });
  const ntl = join(folder, "ntl");
  await symlink(shim, ntl);
  await writeFile(binary, `#!${process.execPath}\nconsole.log(process.env.NOETL_SHIM)`);
  const child = spawn(process.execPath, [ntl], { env: { PATH: process.env.PATH } });
  assert.equal((await ended(child)).stdout, `${ntl}\n`);
});

function hasScript(): boolean {
  return (
    process.platform === "linux" &&
    (process.env.PATH ?? "").split(":").some((folder) => existsSync(join(folder, "script")))
  );
}
