import assert from "node:assert/strict";
import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { after, before, describe, it } from "node:test";
import type { JsonObject } from "@noetl/core";
import { type Host, openHost, type RunOutcome, runPlaybook } from "@noetl/runner";
import { FIXTURES, FIXTURES_MISSING } from "./corpus.ts";

/** Programs of a cluster that is not here: each writes down how it was called and succeeds. */
const STAND_INS = ["docker", "kind", "kubectl", "helm", "gcloud", "git"];

describe("the automation playbooks", { skip: FIXTURES_MISSING }, () => {
  let folder = "";
  let host: Host;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "noetl-automation-"));
    for (const name of STAND_INS) {
      const file = join(folder, name);
      await writeFile(file, `#!/bin/sh\necho "${name} $*" >> "${join(folder, "calls")}"\n`);
      await chmod(file, 0o755);
    }
    const env = { ...process.env, NOETL_HOME: folder, PATH: `${folder}${delimiter}${process.env.PATH ?? ""}` };
    host = await openHost({ env, workingDirectory: FIXTURES });
  });
  after(async () => {
    await host.store.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function run(file: string, payload: JsonObject = {}): Promise<{ outcome: RunOutcome; calls: string[] }> {
    await rm(join(folder, "calls"), { force: true });
    const outcome = await runPlaybook(host, { file: join(FIXTURES, "automation", file), payload });
    const text = await readFile(join(folder, "calls"), "utf8").catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return "";
      throw error;
    });
    return { outcome, calls: text.split("\n").filter((line) => line !== "") };
  }

  for (const file of [
    "test_local.yaml",
    "examples/conditional_flow.yaml",
    "examples/parent_playbook.yaml",
    "infrastructure/kind.yaml",
    "infrastructure/postgres.yaml",
    "development/noetl.yaml",
  ]) {
    it(`${file} completes`, async () => {
      const { outcome } = await run(file);
      assert.equal(outcome.status, "COMPLETED", JSON.stringify(outcome.error));
    });
  }

  it("calls the tools of the cluster as the playbook says, in order", async () => {
    assert.deepEqual((await run("infrastructure/kind.yaml", { action: "create" })).calls, [
      "kind create cluster --config=ci/kind/config.yaml",
    ]);
    const { calls } = await run("infrastructure/postgres.yaml", { action: "status" });
    assert.deepEqual(calls, ["kubectl get pods -n postgres", "kubectl get svc -n postgres"]);
  });

  it("waits for the playbooks a local playbook calls", async () => {
    const { outcome } = await run("examples/parent_playbook.yaml");
    const children = (await host.store.executions.list({ parent: outcome.execution_id })).reverse();
    assert.deepEqual(
      children.map(({ name, status }) => [name, status]),
      [
        ["build_child", "COMPLETED"],
        ["deploy_child", "COMPLETED"],
      ],
    );
  });

  it("refuses a tool that is not there before anything ran", async () => {
    await assert.rejects(run("iap/gcp/test_rhai.yaml"), /tool kind rhai is not available in this version/);
  });

  it("fails at a missing credential, and runs nothing behind it", async () => {
    const { outcome } = await run("examples/unsupported_tools.yaml");
    assert.equal(outcome.status, "FAILED");
    assert.equal(outcome.error?.step, "try_postgres");
    assert.equal(outcome.steps.try_python?.status, "PENDING");
  });
});
