import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { cli, temporaryFolder } from "@noetl/sdk/testing";
import { echoTool, playbookWith, writePlugin } from "./testing/plugin.ts";

test("validate, plan, schema and inspect know the tool of a plugin", async (t) => {
  const home = await temporaryFolder(t);
  const run = (...args: string[]) => cli(args, { home });
  const manifest = { tools: { far_echo: { file: "./echo.js" } } };
  const folder = await writePlugin(home, { name: "far", manifest, files: { "echo.js": echoTool("far_echo") } });
  assert.equal((await run("plugins", "link", folder)).code, 0);
  const good = playbookWith("far_echo");
  await writeFile(join(home, "good.yaml"), good);
  await writeFile(join(home, "odd.yaml"), good.replace("far_echo,", "far_echo, sya: 1,"));
  await writeFile(join(home, "less.yaml"), good.replace(/, say: [^}]+}}"/, ""));

  const odd = await run("validate", "odd.yaml");
  assert.equal(odd.code, 0);
  assert.match(odd.stdout, /odd\.yaml:7:29 warning W_UNKNOWN_KEY Step 'echo': unknown key 'sya' of tool 'far_echo'/);
  assert.match(odd.stdout, /\n +\| +\^\^\^\n +hint: did you mean 'say'\?/);
  const less = await run("validate", "less.yaml");
  assert.equal(less.code, 2);
  assert.match(less.stdout, /less\.yaml:7:19 error E_TOOL_REQUIRED Step 'echo': far_echo tool needs 'say'/);

  const plan = JSON.parse((await run("plan", "good.yaml", "--json")).stdout);
  assert.deepEqual(plan.steps[0].tasks, [{ name: "echo_task", kind: "far_echo", effect: "none", available: true }]);
  const schema = JSON.stringify(JSON.parse((await run("schema", "--strict")).stdout));
  assert.match(schema, /"enum":\[[^\]]*"far_echo"/);
  assert.match(schema, /far_echo: gives back what it gets/);
  assert.match(schema, /"say":\{"description":"what to give back"/);
  assert.match((await run("plugins", "inspect", "far")).stdout, /far_echo\n +say +what to give back; required/);
});
