import type { Scenario } from "../simulation/playbooks.ts";

const head = (name: string) =>
  `apiVersion: noetl.io/v2\nkind: Playbook\nmetadata: {name: ${name}, path: sim/${name}}\n`;

/** Three small playbooks, each with what the others have not. No cycles: a call is known by step and item. */
export const PLAYBOOKS: { [name: string]: Scenario } = {
  "a sequence with a loop and a pipeline": {
    manner: "sequential",
    texts: {
      "sim/main": `${head("main")}workflow:
  - step: first
    tool: {kind: work}
    set: {ctx.first: "{{ output.at }}"}
    next: {arcs: [{step: each}]}
  - step: each
    loop: {in: [a, b, c], iterator: item, spec: {mode: sequential}}
    tool: {kind: work}
    next: {arcs: [{step: both}]}
  - step: both
    tool:
      - one: {kind: work}
      - two: {kind: work}
`,
    },
  },
  "branches, a parallel loop and a join": {
    manner: "concurrent",
    texts: {
      "sim/main": `${head("main")}workflow:
  - step: fork
    tool: {kind: work}
    next: {spec: {mode: inclusive}, arcs: [{step: left}, {step: right}]}
  - step: left
    tool: {kind: work}
    next: {arcs: [{step: join}]}
  - step: right
    loop: {in: [a, b, c], iterator: item, spec: {mode: parallel, max_in_flight: 2}}
    tool: {kind: work}
    next: {arcs: [{step: join}]}
  - step: join
    tool: {kind: work}
`,
    },
  },
  "a playbook that calls another": {
    manner: "sequential",
    texts: {
      "sim/main": `${head("main")}workflow:
  - step: before
    tool: {kind: work}
    next: {arcs: [{step: call}]}
  - step: call
    tool: {kind: playbook, path: sim/inner, return_result: true, timeout: 100000}
    next: {arcs: [{step: after}]}
  - step: after
    tool: {kind: work}
`,
      "sim/inner": `${head("inner")}workflow:
  - step: inside
    tool: {kind: work}
    next: {arcs: [{step: end}]}
  - step: end
    tool: {kind: work}
`,
    },
  },
};
