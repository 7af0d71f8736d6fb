import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { InvalidPlaybook, loadFile } from "@noetl/runner";
import { createRegistry } from "@noetl/tools";
import { NATS_MISSING } from "../services/nats.ts";
import { comparable } from "./canonical.ts";
import { type Case, corpus, FIXTURES, FIXTURES_MISSING } from "./corpus.ts";
import { falseFlags } from "./flags.ts";
import { localSubject } from "./local.ts";
import { clusterSubject, embeddedSubject } from "./remote.ts";
import { type Services, startServices, type World } from "./services.ts";
import type { Ran, Subject } from "./subject.ts";

const SUBJECTS: { [name: string]: (world: World) => Promise<Subject> } = {
  local: localSubject,
  embedded: embeddedSubject,
  "postgres+nats": clusterSubject,
};
/** Of a case that throws dice: fewer lose once in a thousand times. */
const THROWS = 20;

describe("the real playbooks", { skip: FIXTURES_MISSING, concurrency: 8 }, () => {
  let services: Services;
  const subjects = new Map<string, Subject>();
  const ran = new Map<string, Promise<Ran>>();
  before(async () => {
    services = await startServices();
    for (const [name, open] of Object.entries(SUBJECTS)) {
      if (name === "postgres+nats" && !services.nats) continue;
      subjects.set(name, await open(await services.world()));
    }
  });
  after(async () => {
    for (const subject of subjects.values()) await subject.close();
    await services?.stop();
  });

  /** Once a subject and case, whoever asks first. */
  function run(subject: Subject, test: Case): Promise<Ran> {
    const key = `${subject.name}: ${test.file}`;
    const known = ran.get(key) ?? runNow(subject, test);
    ran.set(key, known);
    return known;
  }

  async function runNow(subject: Subject, test: Case): Promise<Ran> {
    const first = corpus().find(({ file }) => file === test.after);
    if (first) await run(subject, first);
    for (let throws = 1; ; throws++) {
      const found = await subject.run(test);
      if (!test.dice || fell(found, test.dice) || throws === THROWS) return found;
    }
  }

  function fell({ outcome }: Ran, { failure, step }: NonNullable<Case["dice"]>): boolean {
    if (outcome.status === "COMPLETED") return (outcome.steps[step]?.runs ?? 0) > 0;
    return !(failure?.test(outcome.error?.message ?? "") ?? false);
  }

  for (const test of corpus()) {
    for (const name of Object.keys(SUBJECTS)) {
      it(`${name}: ${test.file}`, { timeout: 120_000 }, async (t) => {
        const subject = subjects.get(name);
        if (!subject || (test.file.includes("nats") && !services.nats)) return t.skip(NATS_MISSING);
        const { outcome } = await run(subject, test);
        assert.equal(outcome.status, test.status, JSON.stringify(outcome.error));
        if (test.failedStep) assert.equal(outcome.error?.step, test.failedStep);
        if (test.flags === "true") assert.deepEqual(falseFlags({ ...outcome.steps } as never), []);
      });
    }
    it(`cli.md §9.14: the same log everywhere: ${test.file}`, { timeout: 120_000 }, async (t) => {
      if (test.file.includes("nats") && !services.nats) return t.skip(NATS_MISSING);
      const [wanted, ...others] = await Promise.all([...subjects.values()].map((subject) => run(subject, test)));
      for (const [at, other] of others.entries()) sameLogs(other, wanted as Ran, test, [...subjects.keys()][at + 1]);
      if (!services.nats) t.diagnostic(NATS_MISSING);
    });
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

/** Event for event, of the run and of all it called. */
function sameLogs(other: Ran, wanted: Ran, test: Case, name = ""): void {
  assert.deepEqual([...other.logs.keys()].sort(), [...wanted.logs.keys()].sort(), `playbooks called on ${name}`);
  for (const place of wanted.logs.keys()) {
    const [here, there] = [comparable(other, place, test), comparable(wanted, place, test)];
    const at = `${name}, ${place || "the run itself"}`;
    const types = (lines: typeof here) => lines.map(({ type, step, command_id }) => [type, step, command_id].join(" "));
    assert.deepEqual(types(here), types(there), at);
    for (const [line, event] of there.entries()) assert.deepEqual(here[line], event, `${at}, event ${line + 1}`);
  }
}
