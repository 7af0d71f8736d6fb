import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";

const GUARD = new URL("./guard.ts", import.meta.url).href;

/** Runs this text as `bin/program.js` below `program`, beside a plugin in `folder`. */
async function ran(program: string, text: string): Promise<{ stdout: string; stderr: string; code: number }> {
  await mkdir(join(program, "bin"), { recursive: true });
  const file = join(program, "bin/program.mjs");
  await writeFile(file, `import { guard } from ${JSON.stringify(GUARD)};\n${text}`);
  const node = ["--disable-warning=ExperimentalWarning", file];
  return promisify(execFile)(process.execPath, node).then(
    ({ stdout, stderr }) => ({ stdout, stderr, code: 0 }),
    ({ stdout, stderr, code }: { stdout: string; stderr: string; code: number }) => ({ stdout, stderr, code }),
  );
}

async function plugin(t: TestContext): Promise<{ home: string; folder: string; says: string }> {
  const home = await mkdtemp(join(tmpdir(), "noetl-guard-"));
  t.after(() => rm(home, { recursive: true, force: true }));
  const folder = join(home, "a plugin");
  await mkdir(folder);
  const says = "export const say = (text) => console.log(text); export const leave = () => process.exit(7);";
  await writeFile(join(folder, "says.mjs"), says);
  return { home, folder, says: pathToFileURL(join(folder, "says.mjs")).href };
}

test("only what the plugin prints goes elsewhere, and only while it is under guard", async (t) => {
  const { home, folder, says } = await plugin(t);
  const { stdout, stderr } = await ran(
    join(home, "program"),
    `const { say } = await import(${JSON.stringify(says)});
const first = guard(${JSON.stringify(folder)});
const second = guard(${JSON.stringify(folder)});
say("guarded"); console.log("program"); first(); first();
say("still guarded"); second(); say("free");`,
  );
  assert.equal(stdout, "program\nfree\n");
  assert.equal(stderr, "guarded\nstill guarded\n");
});

test("the program may end itself, a plugin under guard may not", async (t) => {
  const { home, folder, says } = await plugin(t);
  const { code, stdout } = await ran(
    join(home, "program"),
    `const { leave } = await import(${JSON.stringify(says)});
guard(${JSON.stringify(folder)});
try { leave(); } catch (error) { console.log(error.message); }
process.exit(4);`,
  );
  assert.equal(stdout, "process.exit(7) is not for plugins\n");
  assert.equal(code, 4);
});

test("a program below the folder of the plugin, and a plugin behind a link, are told apart", {
  skip: process.platform === "win32" && "no links",
}, async (t) => {
  const { home, folder, says } = await plugin(t);
  const link = join(home, "link");
  await symlink(folder, link);
  const { stdout, stderr, code } = await ran(
    join(folder, "node_modules/program"),
    `const { say } = await import(${JSON.stringify(says)});
guard(${JSON.stringify(link)}); say("plugin"); console.log("program"); process.exit(3);`,
  );
  assert.deepEqual({ stdout, stderr, code }, { stdout: "program\n", stderr: "plugin\n", code: 3 });
});

test("what the program throws where nobody waits for it still ends it", async (t) => {
  const { home, folder } = await plugin(t);
  const strays = new URL("./strays.ts", import.meta.url).href;
  for (const thrown of ["setTimeout(() => { throw new Error('mine'); });", "Promise.reject(new Error('mine'));"]) {
    const { code, stderr, stdout } = await ran(
      join(home, "program"),
      `const { outliveStrays } = await import(${JSON.stringify(strays)});
guard(${JSON.stringify(folder)}); outliveStrays(); ${thrown} setTimeout(() => console.log("went on"), 200);`,
    );
    assert.deepEqual({ code, stdout }, { code: 1, stdout: "" });
    assert.match(stderr, /mine/);
  }
});
