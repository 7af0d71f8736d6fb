import assert from "node:assert/strict";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import type { RunOutcome } from "@noetl/runner";
import { cli, temporaryFolder } from "@noetl/sdk/testing";

const posix = { skip: process.platform === "win32" && "uses POSIX signals" };

/** A playbook of the steps given, each a line of the flow form. */
function playbook(name: string, ...steps: string[]): string {
  return [
    "apiVersion: noetl.io/v2",
    "kind: Playbook",
    `metadata: {name: ${name}, path: test/${name}}`,
    "workload: {who: world, db: {host: h1, port: 1}}",
    "workflow:",
    ...steps.map((step) => `  - ${step}`),
  ].join("\n");
}

const GREET = playbook(
  "greet",
  '{step: end, tool: {kind: noop, result: {hi: "{{ workload.who }}", db: "{{ workload.db }}"}}}',
);
const FAIL = playbook(
  "fail",
  '{step: first, tool: {kind: shell, cmds: "echo once >> log"}, next: second}',
  '{step: second, tool: {kind: shell, cmds: "cat missing"}}',
);

test("the result is on stdout, everything else on stderr", async (t) => {
  const home = await temporaryFolder(t);
  await writeFile(join(home, "greet.yaml"), GREET);
  const { stdout, stderr, code } = await cli(["run", "greet.yaml"], { home });
  assert.deepEqual(JSON.parse(stdout), { hi: "world", db: { host: "h1", port: 1 } });
  assert.match(stderr, /ok +end/);
  assert.match(stderr, /COMPLETED +greet/);
  assert.equal(code, 0);
  const quiet = await cli(["run", "greet.yaml", "--quiet"], { home });
  assert.equal(quiet.stdout, stdout);
  assert.equal(quiet.stderr, "");
});

test("cli.md §9.4: --json prints one document of schema noetl.run/1", async (t) => {
  const home = await temporaryFolder(t);
  await writeFile(join(home, "greet.yaml"), GREET);
  const { stdout } = await cli(["exec", "greet.yaml", "--json", "--set", "who=Ada", "--set", "db.host=h2"], { home });
  const outcome = JSON.parse(stdout) as RunOutcome;
  assert.equal(outcome.schema, "noetl.run/1");
  assert.equal(outcome.status, "COMPLETED");
  assert.deepEqual(outcome.result, { hi: "Ada", db: { host: "h2", port: 1 } });
  assert.equal(outcome.steps.end?.status, "COMPLETED");
});

test("cli.md §9.3: payload comes from a file, from stdin, from --payload", async (t) => {
  const home = await temporaryFolder(t);
  await writeFile(join(home, "greet.yaml"), GREET);
  await writeFile(join(home, "in.yaml"), "who: file\ndb: {host: f}");
  const run = async (args: string[], input?: string) => {
    const { stdout } = await cli(["run", "greet.yaml", "-q", ...args], { home, ...(input !== undefined && { input }) });
    return JSON.parse(stdout) as unknown;
  };
  assert.deepEqual(await run(["-i", "in.yaml"]), { hi: "file", db: { host: "f" } });
  assert.deepEqual(await run(["-i", "-"], '{"who": "stdin"}'), { hi: "stdin", db: { host: "h1", port: 1 } });
  assert.deepEqual(await run(["-i", "in.yaml", "--workload", '{"who": "flag"}', "--merge"]), {
    hi: "flag",
    db: { host: "f", port: 1 },
  });
  await writeFile(join(home, "odd name"), "who: odd");
  for (const [payload, input] of [
    ["in.yaml", undefined],
    ["-", "{who: file, db: {host: f}}"],
    ["who: file\ndb: {host: f}", undefined],
  ] as const) {
    assert.deepEqual(await run(["--payload", payload], input), { hi: "file", db: { host: "f" } });
  }
  assert.deepEqual(await run(["--payload", "odd name"]), { hi: "odd", db: { host: "h1", port: 1 } });
  const missing = await cli(["run", "greet.yaml", "--payload", "nix.json"], { home });
  assert.deepEqual([missing.code, /no file nix\.json/.test(missing.stderr)], [3, true]);
  const twice = await cli(["run", "greet.yaml", "--payload", "-", "-i", "-"], { home, input: "{}" });
  assert.deepEqual([twice.code, /--input and --payload cannot both/.test(twice.stderr)], [2, true]);
});

test("the playbook itself may come from stdin", async (t) => {
  const home = await temporaryFolder(t);
  const { stdout } = await cli(["run", "-", "-q"], { home, input: GREET });
  assert.equal((JSON.parse(stdout) as { hi: string }).hi, "world");
});

test("cli.md §9.2: without a reference ./noetl.yaml runs, and its steps can be named", async (t) => {
  const home = await temporaryFolder(t);
  await mkdir(join(home, "automation"));
  await writeFile(
    join(home, "noetl.yaml"),
    playbook("own", "{step: a, tool: {kind: noop, result: A}}", "{step: b, tool: {kind: noop, result: B}}"),
  );
  await writeFile(join(home, "automation/greet.yaml"), GREET);
  assert.equal((await cli(["run", "-q"], { home })).stdout, "A\n");
  assert.equal((await cli(["run", "b", "-q"], { home })).stdout, "B\n");
  assert.equal((await cli(["run", "noetl.yaml", "b", "-q"], { home })).stdout, "B\n");
  assert.match((await cli(["run", "greet", "-q"], { home })).stdout, /world/);
});

test("cli.md §8 #31, §9.4: a failed run exits 5 and says where, why and how to go on", async (t) => {
  const home = await temporaryFolder(t);
  await writeFile(join(home, "fail.yaml"), FAIL);
  const { stdout, stderr, code } = await cli(["run", "fail.yaml"], { home });
  assert.equal(code, 5);
  assert.match(stderr, /FAIL +second/);
  assert.match(stderr, /step 'second'/);
  assert.match(stderr, /noetl run fail\.yaml --resume/);
  const json = await cli(["run", "fail.yaml", "--json"], { home });
  assert.equal(json.code, 5);
  const { error, status } = JSON.parse(json.stdout) as { error: Record<string, unknown>; status: string };
  assert.equal(status, "FAILED");
  assert.deepEqual(
    { exit: error.exit, kind: error.kind, step: error.step },
    { exit: 5, kind: "process", step: "second" },
  );
  assert.equal(stdout.includes("Error"), false);
});

test("--resume keeps what is done", async (t) => {
  const home = await temporaryFolder(t);
  await writeFile(join(home, "fail.yaml"), FAIL);
  assert.equal((await cli(["run", "fail.yaml"], { home })).code, 5);
  await writeFile(join(home, "missing"), "here");
  const { stderr, code } = await cli(["run", "fail.yaml", "--resume"], { home });
  assert.equal(code, 0);
  assert.match(stderr, /kept: +first/);
  assert.equal(await readFile(join(home, "log"), "utf8"), "once\n");
});

test("nothing to resume is not found, --from without --resume is misuse", async (t) => {
  const home = await temporaryFolder(t);
  await writeFile(join(home, "greet.yaml"), GREET);
  assert.equal((await cli(["run", "greet.yaml", "--resume"], { home })).code, 3);
  assert.equal((await cli(["run", "greet.yaml", "--from", "end"], { home })).code, 2);
});

test("an invalid playbook runs nothing and shows every error with its place", async (t) => {
  const home = await temporaryFolder(t);
  await writeFile(join(home, "bad.yaml"), playbook("bad", "{step: a, tool: {kind: nope}, next: nowhere}"));
  const { stderr, code } = await cli(["run", "bad.yaml"], { home });
  assert.equal(code, 2);
  assert.match(stderr, /bad\.yaml:6:\d+ error E_/);
  assert.match(stderr, /nowhere/);
  const json = await cli(["run", "bad.yaml", "--json"], { home });
  assert.equal(json.code, 2);
  assert.equal((JSON.parse(json.stdout) as { error: { exit: number } }).error.exit, 2);
});

test("what does not exist exits 3, what needs a server or a step that is not there exits 2", async (t) => {
  const home = await temporaryFolder(t);
  await writeFile(join(home, "greet.yaml"), GREET);
  for (const [args, wanted] of [
    [["missing.yaml"], 3],
    [["nothing"], 3],
    [[], 3],
    [["greet.yaml", "nostep"], 2],
    [["greet.yaml", "--set", "x"], 2],
    [["greet.yaml", "--payload", "[1]"], 2],
    [["greet.yaml", "--timeout", "soon"], 2],
    [["greet.yaml", "-r", "distributed", "--resume"], 2],
    [["greet.yaml", "-i", "missing.json"], 3],
  ] as const) {
    assert.equal((await cli(["run", ...args], { home })).code, wanted, args.join(" "));
  }
});

test("--skip-unsupported lets steps of kinds succeed that this version does not have, or nobody knows", async (t) => {
  const home = await temporaryFolder(t);
  const steps = ["{step: a, tool: {kind: container, image: x}, next: b}", "{step: b, tool: {kind: frobnicate}}"];
  await writeFile(join(home, "p.yaml"), playbook("p", ...steps));
  const refused = await cli(["run", "p.yaml", "--json"], { home });
  assert.equal(refused.code, 2);
  assert.match(refused.stdout, /Step 'a': tool kind container is not available/);
  const { code, stdout } = await cli(["run", "p.yaml", "--skip-unsupported"], { home });
  assert.equal(code, 0);
  assert.deepEqual(JSON.parse(stdout), {
    status: "skipped",
    reason: "tool kind frobnicate is not available in this version",
  });
});

test("--inherit-workload hands values down for names that the called playbook declares", async (t) => {
  const home = await temporaryFolder(t);
  const caller = playbook("caller", "{step: start, tool: {kind: playbook, path: ./greet.yaml}}");
  await writeFile(join(home, "greet.yaml"), GREET.replace("who: world", "who: child"));
  await writeFile(join(home, "caller.yaml"), caller);
  await writeFile(join(home, "local.yaml"), `${caller}\nexecutor: {profile: local}\n`);
  const who = async (...args: string[]) => {
    const { stdout } = await cli(["run", "-q", ...args], { home });
    return (JSON.parse(stdout) as { hi: string }).hi;
  };
  assert.equal(await who("caller.yaml"), "child");
  assert.equal(await who("caller.yaml", "--inherit-workload"), "world");
  assert.equal(await who("local.yaml"), "world");
  assert.equal(await who("local.yaml", "--no-inherit-workload"), "child");
});

test("--sequential makes one call at a time, also of what a called playbook does", posix, async (t) => {
  const home = await temporaryFolder(t);
  const log = "sh -c 'echo + >> calls; sleep 0.1; echo - >> calls'";
  await writeFile(join(home, "child.yaml"), playbook("child", `{step: a, tool: {kind: shell, cmds: "${log}"}}`));
  const loop = "loop: {in: 3, iterator: i, spec: {mode: parallel}}";
  const calls = `{step: b, ${loop}, tool: {kind: playbook, path: child, return_result: true}}`;
  await writeFile(
    join(home, "p.yaml"),
    playbook("p", `{step: a, ${loop}, tool: {kind: shell, cmds: "${log}"}, next: b}`, calls),
  );
  assert.equal((await cli(["run", "p.yaml", "--sequential"], { home })).code, 0);
  assert.equal(await readFile(join(home, "calls"), "utf8"), "+\n-\n".repeat(6));
  assert.equal((await cli(["run", "p.yaml", "--sequential", "--concurrency", "2"], { home })).code, 2);
});

test("--events streams the log, --trace writes it to a file", async (t) => {
  const home = await temporaryFolder(t);
  await writeFile(join(home, "greet.yaml"), GREET);
  const { stdout } = await cli(["run", "greet.yaml", "--events", "--trace", "trace.jsonl"], { home });
  const events = stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as { type: string; seq: number });
  assert.equal(events[0]?.type, "playbook.initialized");
  assert.equal(events.at(-1)?.type, "playbook.completed");
  assert.deepEqual(
    events.map(({ seq }) => seq),
    events.map((_, index) => (events[0]?.seq ?? 0) + index),
  );
  assert.equal(await readFile(join(home, "trace.jsonl"), "utf8"), stdout);
});

test("past --timeout the run is FAILED", async (t) => {
  const home = await temporaryFolder(t);
  await writeFile(join(home, "slow.yaml"), playbook("slow", '{step: a, tool: {kind: shell, cmds: "sleep 20"}}'));
  const { stdout, code } = await cli(["run", "slow.yaml", "--timeout", "300ms", "--json"], { home });
  assert.equal(code, 5);
  assert.equal((JSON.parse(stdout) as RunOutcome).error?.kind, "timeout");
});

test("cli.md §9.15: Ctrl-C stops the children, prints the document and exits 130", posix, async (t) => {
  const home = await temporaryFolder(t);
  await writeFile(
    join(home, "slow.yaml"),
    playbook("slow", '{step: a, tool: {kind: shell, cmds: "echo $$ > pid; sleep 20"}}'),
  );
  const { stdout, code } = await cli(["run", "slow.yaml", "--json"], {
    home,
    during: (child) => {
      child.stderr?.on("data", (text) => String(text).includes("shell") && setTimeout(() => child.kill("SIGINT"), 200));
    },
  });
  assert.equal(code, 130);
  assert.equal((JSON.parse(stdout) as RunOutcome).status, "CANCELLED");
  const pid = Number(await readFile(join(home, "pid"), "utf8"));
  assert.throws(() => process.kill(pid, 0), { code: "ESRCH" });
});

test("termination cancels the run and exits 6", posix, async (t) => {
  const home = await temporaryFolder(t);
  await writeFile(join(home, "slow.yaml"), playbook("slow", '{step: a, tool: {kind: shell, cmds: "sleep 20"}}'));
  const { code } = await cli(["run", "slow.yaml"], {
    home,
    during: (child) => {
      child.stderr?.on("data", (text) => String(text).includes("shell") && child.kill("SIGTERM"));
    },
  });
  assert.equal(code, 6);
});

test("a credential of a file is used and never printed", async (t) => {
  const home = await temporaryFolder(t);
  await writeFile(join(home, "c.json"), JSON.stringify({ type: "generic", data: { password: "hunter2secret" } }));
  const keychain = "keychain: [{name: db, kind: credential_ref, ref: mydb}]\nworkflow:";
  const step = '{step: a, tool: {kind: shell, cmds: "echo pass={{ keychain.db.password }}"}}';
  await writeFile(join(home, "secret.yaml"), playbook("secret", step).replace("workflow:", keychain));
  const { stdout, stderr, code } = await cli(["run", "secret.yaml", "-v", "--credential", "mydb=c.json"], { home });
  assert.equal(code, 0, stderr);
  assert.doesNotMatch(stdout + stderr, /hunter2secret/);
  assert.match(stderr, /pass=\*\*\*/);
});
