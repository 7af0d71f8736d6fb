import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { scaffoldPlugin } from "../../packages/cli/src/plugins/scaffold/scaffold.ts";
import { packFolder } from "../pack/tarball.ts";
import { buildSdk } from "./build.ts";

const run = promisify(execFile);
const root = fileURLToPath(new URL("../..", import.meta.url));

/** Uses what a plugin in TypeScript uses; the line that is marked must not compile. */
const TYPED = `import { Args, BaseCommand, EXIT, Flags, NoetlError, table } from "@noetl/sdk";
import { defineTool, done, field } from "@noetl/sdk/tool";
import { runCommand, testHost } from "@noetl/sdk/plugin-testing";

export default class Hello extends BaseCommand {
  static override args = { name: Args.string({ required: true, ignoreStdin: true }) };
  static override flags = { times: Flags.integer({ default: 1 }) };
  async run(): Promise<{ name: string; times: number }> {
    const { args, flags } = await this.parse(Hello);
    const { client } = await this.connect(flags);
    const ids: string[] = (await client.executions.list()).map(({ execution_id }) => execution_id);
    this.show(table(["id"], ids.map((id) => [id])));
    if (ids.length === 0) throw new NoetlError("not_found", "NONE", "there is none");
    this.endWith(EXIT.ok);
    // @ts-expect-error a number is no text
    const wrong: string = flags.times;
    return { name: args.name, times: flags.times };
  }
}
export const tool = defineTool({
  kind: "x_y",
  summary: "does",
  config: () => field.object({ who: field.word("whom") }),
  required: [["who"]],
  positions: { who: "text" },
  effects: "none",
  resultSummary: "{who}",
  run: (config) => done({ who: config.who.toUpperCase() }),
});
export const tried = [runCommand(Hello, ["Ada"]), testHost().run(tool, { who: "Ada" })];
`;

test("the packed SDK is what a plugin develops against: its tests pass and its types hold", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "noetl-sdk-"));
  t.after(() => rm(folder, { recursive: true, force: true, maxRetries: 3 }));
  const built = join(folder, "sdk");
  await buildSdk({ root, out: built, version: "0.0.0" });
  const { name, path } = await packFolder(built, folder, 512 * 1024);
  assert.equal(name, "@noetl/sdk");

  const plugin = join(folder, "plugin");
  await scaffoldPlugin("noetl-weather", plugin);
  const modules = join(plugin, "node_modules");
  await rm(modules, { recursive: true, force: true });
  await mkdir(join(modules, "@noetl", "sdk"), { recursive: true });
  await run("tar", ["-xzf", path, "-C", join(modules, "@noetl", "sdk"), "--strip-components=1"]);
  // npm would fetch its one dependency; here it is found further up.
  await symlink(join(root, "node_modules"), join(folder, "node_modules"), "junction");
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const tested = await run(process.execPath, ["--test"], { cwd: plugin, env });
  assert.match(tested.stdout, /pass 5\b/);

  await writeFile(join(plugin, "typed.ts"), TYPED);
  const compilerOptions = { module: "nodenext", target: "es2024", strict: true, noEmit: true, skipLibCheck: false };
  const config = { compilerOptions: { ...compilerOptions, types: ["node"] }, files: ["typed.ts"] };
  await writeFile(join(plugin, "tsconfig.json"), JSON.stringify(config));
  const tsc = join(root, "node_modules", "typescript", "bin", "tsc");
  const checked = await run(process.execPath, [tsc, "-p", plugin]).catch((error: { stdout: string }) => error);
  assert.equal(checked.stdout, "");
});
