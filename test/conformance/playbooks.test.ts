import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { InvalidPlaybook, loadFile } from "@noetl/runner";
import { createRegistry } from "@noetl/tools";
import { NATS_MISSING } from "../services/nats.ts";
import { corpus, FIXTURES, FIXTURES_MISSING } from "./corpus.ts";
import { falseFlags } from "./flags.ts";
import { localSubject, type Subject } from "./local.ts";
import { type Services, startServices } from "./services.ts";

describe("the real playbooks", { skip: FIXTURES_MISSING, concurrency: 2 }, () => {
  let services: Services;
  const subjects: { [name: string]: Subject } = {};
  before(async () => {
    services = await startServices();
    subjects.local = await localSubject(services.env);
  });
  after(async () => {
    for (const subject of Object.values(subjects)) await subject.close();
    await services?.stop();
  });

  for (const name of ["local"]) {
    for (const test of corpus()) {
      it(`${name}: ${test.file}`, { timeout: 120_000 }, async (t) => {
        if (test.file.includes("nats") && !services.nats) return t.skip(NATS_MISSING);
        let { outcome } = await (subjects[name] as Subject).run(test);
        // Fails by chance in one of six runs, whatever runs it.
        for (let tries = 1; test.random && outcome.status === "FAILED" && tries < 8; tries++) {
          assert.match(outcome.error?.message ?? "", test.random);
          ({ outcome } = await (subjects[name] as Subject).run(test));
        }
        assert.equal(outcome.status, test.status, JSON.stringify(outcome.error));
        if (test.failedStep) assert.equal(outcome.error?.step, test.failedStep);
        if (test.flags === "true") assert.deepEqual(falseFlags({ ...outcome.steps } as never), []);
      });
    }
  }

  it("refuses the broken playbook with a place", async () => {
    const file = join(FIXTURES, "playbooks/broken_playbooks/should_error_tool_is_required.yaml");
    await assert.rejects(loadFile(file, createRegistry()), (error: unknown) => {
      assert.ok(error instanceof InvalidPlaybook);
      const found = error.diagnostics.find((diagnostic) => diagnostic.severity === "error");
      assert.ok(found && found.line > 1);
      return true;
    });
  });
});
