import assert from "node:assert/strict";
import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { env, kill } from "node:process";
import { after, before, test } from "node:test";
import type { JsonObject } from "@noetl/core";
import { allGone, isAlive } from "../testing/alive.ts";
import { testHost } from "../testing/call.ts";
import type { ToolCall } from "../tool.ts";
import { shellTool } from "./tool.ts";

let folder = "";
const host = testHost();
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "noetl-sh-"));
});
after(async () => {
  await host.close();
  await rm(folder, { recursive: true });
});

const run = (config: JsonObject | string, more: Partial<ToolCall> = {}) =>
  host.run(shellTool, typeof config === "string" ? { cmds: config } : config, more);
async function dataOf(config: JsonObject | string): Promise<JsonObject> {
  const { status, data, error } = await run(config);
  assert.equal(status, "ok", error?.message);
  return data as JsonObject;
}

test("a string is one script; its parts share a shell, also below a list", async () => {
  assert.deepEqual(await dataOf("a=1\necho $a\necho err >&2"), {
    exit_code: 0,
    returncode: 0,
    stdout: "1\n",
    stderr: "err\n",
    text: "1",
  });
  const { stdout, commands } = await dataOf({ cmds: ["a=1; echo one", "echo [$a]"] });
  assert.equal(stdout, "one\n[]\n");
  assert.equal(Array.isArray(commands) && commands.length, 2);
});

test("a list ends at the first failure", async () => {
  const { status, data, error, stdout } = await run({ cmds: ["echo one", "echo bad >&2; exit 3", "echo two"] });
  assert.equal(status, "error");
  assert.deepEqual(
    { kind: error?.kind, code: error?.code, retryable: error?.retryable },
    { kind: "process", code: "EXIT_3", retryable: false },
  );
  assert.match(error?.message ?? "", /exit code 3: bad$/);
  assert.equal(stdout, "one\n");
  assert.equal((data as JsonObject).exit_code, 3);
});

test("bash is the shell, another one can be named", async () => {
  assert.equal((await dataOf("[[ a == a ]] && echo $BASH_VERSION | grep -c .")).text, "1");
  assert.equal((await dataOf({ cmds: "echo [$BASH_VERSION]", shell: "sh" })).text, "[]");
  assert.equal((await run({ cmds: "true", shell: "no-such-shell" })).error?.kind, "configuration");
});

test("without bash on PATH it is sh", async () => {
  const bare = testHost({ processEnv: { PATH: folder } });
  assert.equal((await bare.run(shellTool, { cmds: "true", shell: "/bin/sh" })).status, "ok");
  assert.match((await bare.run(shellTool, { cmds: "true" })).error?.message ?? "", /spawn sh ENOENT/);
});

test("death by signal counts as shells count it", async () => {
  const { error } = await run("kill -9 $$");
  assert.equal(error?.code, "EXIT_137");
  assert.match(error?.message ?? "", /SIGKILL/);
});

test("stdin is empty", async () => {
  assert.equal((await dataOf("cat; echo end")).stdout, "end\n");
});

test("JSON on stdout is data as well", async () => {
  assert.deepEqual((await dataOf(`echo '{"a": [1]}'`)).json, { a: [1] });
  assert.equal((await dataOf("echo '[oops'")).json, undefined);
  assert.equal((await dataOf("echo 5")).json, undefined);
});

test("exports come from stdout and from the file, and become variables", async () => {
  const { data, ctx } = await run({
    cmds: [
      "echo Os_Type=macos; echo other=1; echo os_type=linux",
      'echo "export TOKEN=a=b" >> "$NOETL_EXPORTS"; echo n=2 >> "$NOETL_OUTPUT"',
    ],
    exports: ["os_type", "token", "n", "none"],
  });
  assert.deepEqual(ctx, { os_type: "linux", token: "a=b", n: "2" });
  const { os_type, token, n, other } = data as JsonObject;
  assert.deepEqual([os_type, token, n, other], ["linux", "a=b", "2", undefined]);
  assert.match(host.output.map(({ text }) => text).join(""), /no 'none=…' line/);
});

test("a failed script exports nothing, and a script may write exports nobody asked for", async () => {
  assert.equal((await run({ cmds: "echo a=1; exit 1", exports: ["a"] })).ctx, undefined);
  assert.equal((await dataOf('echo a=1 >> "$NOETL_EXPORTS"')).exit_code, 0);
  assert.deepEqual(
    (await readdir(tmpdir())).filter((name) => name.startsWith("noetl-exports-")),
    [],
  );
});

test("environment and working directory", async () => {
  const own = testHost({ playbookDirectory: "/books", workingDirectory: folder, resources: host.resources });
  const cmds = "echo $NOETL_EXECUTION_ID $NOETL_STEP $NOETL_PLAYBOOK_DIR $A; basename $PWD";
  const { data } = await own.run(shellTool, { cmds, env: { A: 1, B: null } });
  assert.equal((data as JsonObject).stdout, `42 probe /books 1\n${folder.split("/").at(-1)}\n`);
  assert.equal((await own.run(shellTool, { cmds: "pwd", cwd: "/" })).stdout, "/\n");
  assert.equal((await own.run(shellTool, { cmds: "pwd", cwd: "none" })).error?.code, "CWD_NOT_FOUND");
});

test("a laptop's child inherits the environment, a worker's does not", async () => {
  const processEnv = { PATH: env.PATH, WORKER_SECRET: "s", HTTPS_PROXY: "p", KUBECONFIG: "k" };
  const cmds = "echo [$WORKER_SECRET] [$HTTPS_PROXY] [$KUBECONFIG]";
  for (const [childEnvironment, expected] of [
    ["inherit", "[s] [p] [k]\n"],
    ["clean", "[] [p] [k]\n"],
  ] as const) {
    const own = testHost({ childEnvironment, processEnv });
    assert.equal((await own.run(shellTool, { cmds })).stdout, expected);
  }
});

test("a time-out ends the whole group: SIGTERM first, data kept", async () => {
  const cmds = "trap 'echo cleaned; exit 0' TERM; sleep 60 & echo $! $$; wait";
  const { status, error, stdout, data } = await run(cmds, { timeout: { total: 300 } });
  assert.equal(status, "timeout");
  assert.deepEqual([error?.kind, error?.code, error?.retryable], ["timeout", "TOOL_TIMEOUT", true]);
  const [pids = "", cleaned] = (stdout ?? "").trim().split("\n");
  assert.equal(cleaned, "cleaned");
  assert.equal((data as JsonObject).stdout, stdout);
  await allGone(pids.split(" ").map(Number));
});

test("the time limit is for the list as a whole", async () => {
  const { status, stdout } = await run(
    { cmds: ["echo one; sleep 0.3", "echo two; sleep 60"] },
    { timeout: { total: 600 } },
  );
  assert.equal(status, "timeout");
  assert.equal(stdout, "one\ntwo\n");
});

test("who ignores SIGTERM is killed five seconds later", async () => {
  const started = Date.now();
  const { status, stdout } = await run("trap '' TERM; echo $$; while :; do sleep 1; done", { timeout: { total: 100 } });
  assert.equal(status, "timeout");
  assert.ok(Date.now() - started >= 5_000);
  await allGone([Number(stdout)]);
});

test("an abort ends the command", async () => {
  const controller = new AbortController();
  const call = run("echo $$; sleep 60", { signal: controller.signal });
  setTimeout(() => controller.abort(), 150);
  const { error, stdout } = await call;
  assert.equal(error?.kind, "cancelled");
  await allGone([Number(stdout)]);
  assert.equal((await run("echo ran", { signal: AbortSignal.abort() })).error?.kind, "cancelled");
});

test("a child left in the background with the pipes open holds nobody; a laptop leaves it alone", async () => {
  const { data } = await run("sleep 60 & echo $!");
  const pid = Number((data as JsonObject).text);
  assert.ok(isAlive(pid));
  kill(pid, "SIGKILL");
});

test("a worker ends what a command leaves behind", async () => {
  const own = testHost({ childEnvironment: "clean", processEnv: { PATH: env.PATH } });
  const { data } = await own.run(shellTool, { cmds: "sleep 60 & echo $!" });
  await allGone([Number((data as JsonObject).text)]);
});

test("output of a chattering background child is not waited for", async () => {
  const { data } = await run("(while sleep 0.02; do echo noise; done) & echo $!");
  const [pid] = String((data as JsonObject).stdout).split("\n");
  kill(Number(pid), "SIGKILL");
});

test("output is live, line by line and in whole characters", async () => {
  const seen: string[] = [];
  const controller = new AbortController();
  const own = testHost({
    onOutput: (stream, text) => {
      seen.push(`${stream} ${text}`);
      if (seen.length === 2) controller.abort();
    },
  });
  const cmds = "printf 'h\\303'; sleep 0.1; printf '\\251llo\\n'; echo two >&2; sleep 60";
  await own.run(shellTool, { cmds }, { signal: controller.signal });
  assert.deepEqual(seen, ["stdout héllo\n", "stderr two\n"]);
});

test("long output keeps its first 64 KiB and its end, a megabyte in all", async () => {
  const { stdout } = await run("echo first; head -c 3000000 /dev/zero | tr '\\0' x; echo; echo last");
  assert.ok(stdout?.startsWith("first\nxxx"));
  assert.ok(stdout?.endsWith("xxx\nlast\n"));
  assert.match(stdout ?? "", /\n… \d+ bytes left out …\n/);
  const size = stdout?.length ?? 0;
  assert.ok(size > 1024 * 1024 - 100 && size < 1024 * 1024 + 100, `${size}`);
});

test("capture: false shows output and leaves it out of the result", async () => {
  const { data, stdout } = await run({ cmds: "echo shown-not-kept", capture: "false" });
  assert.deepEqual([(data as JsonObject).stdout, stdout], ["", ""]);
  assert.ok(host.output.some(({ text }) => text === "shown-not-kept\n"));
});

test("a script longer than an argument may be", async () => {
  const script = `echo ${"x".repeat(300_000)} | wc -c`;
  // The folder is everybody's: only what this call added counts.
  const folders = async () => (await readdir(tmpdir())).filter((name) => name.startsWith("noetl-script-"));
  const before = new Set(await folders());
  assert.equal((await dataOf(script)).text, "300001");
  assert.deepEqual(
    (await folders()).filter((name) => !before.has(name)),
    [],
  );
});

test("a script with a NUL byte is refused", async () => {
  assert.equal((await run("echo a\0b")).error?.kind, "configuration");
});

test("programs stand in for others on PATH", async () => {
  const path = join(folder, "docker");
  await writeFile(path, '#!/bin/sh\necho "$@" >> "$LOG"\n');
  await chmod(path, 0o755);
  const log = join(folder, "log");
  const own = testHost({ processEnv: { ...env, PATH: `${folder}:${env.PATH}`, LOG: log } });
  await own.run(shellTool, { cmds: ["docker build .", "docker push x"] });
  assert.equal(await readFile(log, "utf8"), "build .\npush x\n");
});

test("no commands at all is a configuration error", async () => {
  assert.match((await run({})).error?.message ?? "", /'cmds' is missing/);
  assert.equal((await dataOf({ cmds: [] })).exit_code, 0);
});
