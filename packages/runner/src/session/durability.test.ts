import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import type { Host } from "../options.ts";
import { runPlaybook } from "../run.ts";
import { temporaryHost } from "../testing/temporary-host.ts";

/** 400 laps of a step without effects, then one with, then the end. */
const LAPS = `
apiVersion: noetl.io/v2
kind: Playbook
metadata: {name: laps, path: test/laps}
workflow:
  - step: lap
    tool: {kind: noop}
    set: {ctx.n: "{{ (ctx.n | default(0)) + 1 }}"}
    next: {spec: {mode: exclusive}, arcs: [{step: lap, when: "{{ ctx.n < 400 }}"}, {step: write}]}
  - {step: write, tool: {kind: shell, cmds: "true"}}
`;

test("only what a power cut may undo is not waited for: nothing with effects begins, and nothing ends, before it is on the disk", async (t) => {
  const { host, folder } = await temporaryHost(t, { "laps.yaml": LAPS });
  const file = join(folder, "laps.yaml");
  const groups: { durable: boolean; holds: string[] }[] = [];
  const watched: Host = {
    ...host,
    store: {
      ...host.store,
      log: {
        ...host.store.log,
        append(input) {
          const holds = input.events.map((event) => ("step" in event ? `${event.type} ${event.step}` : event.type));
          groups.push({ durable: input.durable ?? true, holds });
          return host.store.log.append(input);
        },
      },
    },
  };
  assert.equal((await runPlaybook(watched, { file })).status, "COMPLETED");
  const light = groups.filter(({ durable }) => !durable);
  assert.ok(light.length > 2, "groups of laps are not waited for");
  for (const { holds } of light) assert.ok(holds.every((each) => / lap$|^[a-z.]+$/.test(each)));
  for (const word of ["command.issued write", "call.done write", "playbook.completed"]) {
    assert.equal(groups.find(({ holds }) => holds.includes(word))?.durable, true, word);
  }
});
