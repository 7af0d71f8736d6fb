import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import type { Runtime } from "@noetl/sdk";
import { temporaryFolder } from "@noetl/sdk/testing";
import { openRegistry } from "../plugins/tool-registry.ts";
import { findPlaybook } from "./find-playbook.ts";

const playbook = (more = "") =>
  `apiVersion: noetl.io/v2\nkind: Playbook\nmetadata: {name: p}\n${more}workflow: [{step: build, tool: {kind: noop}}]\n`;

/** A folder with these files, and a question to ask in it. */
async function place(t: TestContext, files: { readonly [file: string]: string }) {
  const cwd = await temporaryFolder(t);
  await mkdir(join(cwd, "automation"));
  await mkdir(join(cwd, "folder.yaml"));
  for (const [file, text] of Object.entries(files)) await writeFile(join(cwd, file), text);
  const registry = await openRegistry({ NOETL_HOME: join(cwd, "data") });
  return (
    ref: string | undefined,
    how: { target?: string; version?: string; runtime?: Runtime; context?: Runtime } = {},
  ) =>
    findPlaybook({
      ref,
      target: how.target,
      version: how.version,
      runtime: how.runtime ?? "auto",
      contextRuntime: async () => how.context ?? "auto",
      cwd,
      registry,
    });
}

const here = (file: string, target?: string) => ({ on: "here", choice: { file, ...(target && { target }) } });

test("cli.md §9.2, §8 #43: every row of §4.1.1: scheme, files, ids, steps of the own file, paths of the catalog", async (t) => {
  const long = "a-very-long-name-of-a-playbook";
  const find = await place(t, {
    "flow.yaml": playbook(),
    "short.yml": playbook(),
    "automation/nightly.yaml": playbook(),
    "automation/weekly.yml": playbook(),
    [`${long}.yaml`]: playbook(),
    "478775660589088776": playbook(),
    "noetl.yaml": playbook().replace(
      "step: build,",
      "step: build, tool: {kind: noop}}, {step: a-step-with-many-letters,",
    ),
  });
  const catalog = (reference: object, bare = false) => ({ on: "server", reference, bare });
  const rows: [ref: string, wanted: object][] = [
    ["catalog://demo/orders", catalog({ path: "demo/orders" })],
    ["catalog://demo/orders@3", catalog({ path: "demo/orders", version: 3 })],
    ["flow.yaml", here("flow.yaml")],
    ["./flow.yaml", here("flow.yaml")],
    ["sub/gone.yaml", here("sub/gone.yaml")],
    ["folder.yaml", here("folder.yaml")],
    ["flow", here("flow.yaml")],
    ["short", here("short.yml")],
    ["nightly", here("automation/nightly.yaml")],
    ["weekly", here("automation/weekly.yml")],
    [long, here(`${long}.yaml`)],
    [`${long}-2`, catalog({ path: `${long}-2` }, true)],
    // A file goes before an id that looks the same.
    ["478775660589088776", here("478775660589088776")],
    ["478775660589088777", catalog({ catalog_id: "478775660589088777" })],
    ["pbk_1", catalog({ catalog_id: "pbk_1" })],
    ["build", here("noetl.yaml", "build")],
    ["a-step-with-many-letters", here("noetl.yaml", "a-step-with-many-letters")],
    ["deploy", catalog({ path: "deploy" }, true)],
    ["demo/orders", catalog({ path: "demo/orders" })],
    ["demo/orders@2", catalog({ path: "demo/orders", version: 2 })],
  ];
  for (const [ref, wanted] of rows) assert.deepEqual(await find(ref), wanted, ref);
  assert.deepEqual(await find("demo/orders", { version: "4" }), catalog({ path: "demo/orders", version: 4 }));
  assert.deepEqual(await find("flow", { target: "build" }), here("flow.yaml", "build"));
  assert.deepEqual(await find(undefined), here("noetl.yaml"));
  await assert.rejects(find("demo/orders", { version: "2.0" }), { meaning: "validation" });
  await assert.rejects(find("demo/orders", { target: "build" }), { meaning: "validation" });
});

test("cli.md §9.2: without a reference main.yaml is next, and without either nothing is found", async (t) => {
  assert.deepEqual(await (await place(t, { "main.yaml": playbook() }))(undefined), here("main.yaml"));
  assert.deepEqual(await (await place(t, { "main.yaml": playbook() }))("build"), here("main.yaml", "build"));
  await assert.rejects((await place(t, {}))(undefined), { meaning: "not_found" });
});

test("cli.md §9.2: every row of §4.1.2: flag, profile of the playbook, context, kind of the reference", async (t) => {
  const find = await place(t, {
    "open.yaml": playbook(),
    "near.yaml": playbook("executor: {profile: local}\n"),
    "far.yaml": playbook("executor: {profile: distributed}\n"),
  });
  const rows: [ref: string, runtime: Runtime, context: Runtime, wanted: "here" | "server"][] = [
    ["open.yaml", "auto", "auto", "here"],
    ["open.yaml", "auto", "local", "here"],
    ["open.yaml", "auto", "distributed", "server"],
    ["open.yaml", "distributed", "local", "server"],
    ["open.yaml", "local", "distributed", "here"],
    ["near.yaml", "auto", "distributed", "here"],
    ["near.yaml", "distributed", "auto", "server"],
    ["far.yaml", "auto", "local", "server"],
    ["far.yaml", "local", "distributed", "here"],
    ["demo/orders", "auto", "auto", "server"],
    ["demo/orders", "auto", "local", "server"],
    ["demo/orders", "distributed", "local", "server"],
  ];
  for (const [ref, runtime, context, wanted] of rows) {
    assert.equal((await find(ref, { runtime, context })).on, wanted, `${ref} -r ${runtime}, context ${context}`);
  }
  await assert.rejects(find("demo/orders", { runtime: "local" }), { meaning: "validation" });
  await assert.rejects(find("-", { runtime: "distributed" }), { meaning: "validation" });
});
