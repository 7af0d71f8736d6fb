import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { assertClear, assertCompleted, noetl, playbook, temporaryHome } from "./noetl.ts";

function works(program: string, ...args: string[]): boolean {
  try {
    execFileSync(program, args, { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

const posix = { skip: process.platform === "win32" && "uses a POSIX shell" };
const spaces = { skip: !works("unshare", "-rn", "true") && "needs user namespaces" };

test("no python3 on PATH: the step says so, and an arc can handle it", posix, async (t) => {
  const home = await temporaryHome(t);
  const bin = join(home, "bin");
  await mkdir(bin);
  for (const name of ["sh", "cat"])
    await symlink(execFileSync("which", [name], { encoding: "utf8" }).trim(), join(bin, name));
  const step = "{step: a, tool: {kind: python, code: result = 1}";
  await writeFile(join(home, "p.yaml"), playbook("p", `${step}}`));
  const env = { PATH: bin };
  assertClear(await noetl(["run", "p.yaml"], { home, env }), 5, /no working python3[\s\S]*Hint: install Python/);
  await writeFile(
    join(home, "q.yaml"),
    playbook(
      "q",
      `${step}, next: {arcs: [{step: b, when: "{{ event.name == 'call.error' }}"}]}}`,
      "{step: b, tool: {kind: shell, cmds: echo without}}",
    ),
  );
  const handled = await noetl(["run", "q.yaml"], { home, env });
  assertCompleted(handled);
  assert.match(handled.stdout, /without/);
});

test("nothing at all on PATH", posix, async (t) => {
  const home = await temporaryHome(t);
  await writeFile(join(home, "p.yaml"), playbook("p", "{step: a, tool: {kind: shell, cmds: echo hi}}"));
  assertClear(await noetl(["run", "p.yaml"], { home, env: { PATH: "" } }), 5, /shell: .*ENOENT|no shell/);
});

test("no network: what needs none runs, what needs one says what it could not reach", spaces, async (t) => {
  const home = await temporaryHome(t);
  await writeFile(
    join(home, "p.yaml"),
    playbook(
      "p",
      "{step: a, tool: {kind: shell, cmds: echo here}, next: b}",
      "{step: b, tool: {kind: python, code: result = 2}}",
    ),
  );
  const under = ["unshare", "-rn"];
  assertCompleted(await noetl(["run", "p.yaml"], { home, under }));
  const tools = [
    ["{kind: http, method: GET, url: 'http://example.invalid/x'}", /example\.invalid/],
    ["{kind: http, method: GET, url: 'http://10.1.2.3/x'}", /10\.1\.2\.3/],
    [
      "{kind: postgres, auth: {type: postgres, db_host: 10.1.2.3, db_user: u, db_password: p, db_name: d}, query: select 1}",
      /10\.1\.2\.3/,
    ],
  ] as const;
  for (const [tool, place] of tools) {
    await writeFile(join(home, "n.yaml"), playbook("n", `{step: a, tool: ${tool}}`));
    assertClear(await noetl(["run", "n.yaml"], { home, under }), 5, place);
  }
});

test("a clock that jumps back during the run", posix, async (t) => {
  const home = await temporaryHome(t);
  const clock = join(home, "clock.mjs");
  // An hour back, 100 ms after the run has begun: when `jump` is there.
  await writeFile(
    clock,
    [
      'import { existsSync } from "node:fs";',
      "const real = Date.now;",
      "let jumped = false;",
      `Date.now = () => real() - ((jumped ||= existsSync(${JSON.stringify(join(home, "jump"))})) ? 3_600_000 : 0);`,
    ].join("\n"),
  );
  await writeFile(
    join(home, "p.yaml"),
    playbook(
      "p",
      "{step: a, tool: {kind: shell, cmds: 'sleep 0.1; touch jump; sleep 0.1'}, next: b}",
      `{step: b, tool: [{w: {kind: shell, cmds: 'echo x >> tries; test $(wc -l < tries) = 3', spec: {policy: {rules: [{when: "{{ outcome.status == 'error' }}", then: {do: retry, attempts: 5, delay: 0.1}}, {else: {then: {do: continue}}}]}}}}], next: c}`,
      '{step: c, loop: {in: "{{ range(3) }}", iterator: n, mode: parallel}, spec: {timeout: 20}, tool: {kind: shell, cmds: sleep 0.1}, next: d}',
      "{step: d, tool: {kind: python, code: result = 'end'}}",
    ),
  );
  const node = ["--import", pathToFileURL(clock).href];
  assertCompleted(await noetl(["run", "p.yaml", "--timeout", "30s"], { home, node }));
  assert.equal(await readFile(join(home, "tries"), "utf8"), "x\nx\nx\n");
  // Set back for good: the newest run is still the one that was made last.
  await writeFile(join(home, "q.yaml"), playbook("q", "{step: a, tool: {kind: noop, result: 1}}"));
  assertCompleted(await noetl(["run", "q.yaml"], { home, node }));
  const { stdout } = await noetl(["runs", "--json", "-n", "1"], { home, node });
  assert.match(stdout, /"path": ?"abuse\/q"/);
  const events = await noetl(["events", "--json"], { home, node });
  assert.match(events.stdout, /"path": ?"abuse\/q"/);
});
