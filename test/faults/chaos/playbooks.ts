const head = (name: string) =>
  `apiVersion: noetl.io/v2\nkind: Playbook\nmetadata: {name: ${name}, path: chaos/${name}}\n`;

/** Each call leaves two lines in the ledger: `begin` and `end`, the execution, its command, and when (ms). */
const shell = (command: string, sleep: number, ledger: string) =>
  JSON.stringify({
    kind: "shell",
    cmds: ["begin", "end"]
      .map((word) => `echo "${word} {{ execution_id }} ${command} $(date +%s%3N)" >> ${ledger}`)
      .join(`; sleep ${sleep}; `),
  });

/** Pool of the steps that the auditor does itself, over the wire of older workers. */
export const AUDITED = "audited";

/** What the load runs: a sequence, a parallel loop, a child that is waited for, and one for the auditor to work on. */
export function playbooks(ledger: string): string[] {
  return [
    `${head("main")}workflow:
  - step: first
    tool: ${shell("first#1", 0.05, ledger)}
    next: {arcs: [{step: each}]}
  - step: each
    loop: {in: [0, 1, 2], iterator: n, spec: {mode: parallel}}
    tool: ${shell("each#1.{{ iter.n }}", 0.15, ledger)}
    next: {arcs: [{step: call}]}
  - step: call
    tool: {kind: playbook, path: chaos/inner, return_result: true}
    next: {arcs: [{step: last}]}
  - step: last
    tool: ${shell("last#1", 0, ledger)}
`,
    `${head("inner")}workflow:
  - step: inside
    tool: ${shell("inside#1", 0.1, ledger)}
    next: {arcs: [{step: end}]}
  - step: end
    tool: {kind: noop, result: {ok: true}}
`,
    `${head("audited")}executor: {spec: {pool: ${AUDITED}}}
workflow:
  - step: one
    tool: {kind: noop, result: 1}
    next: {arcs: [{step: two}]}
  - step: two
    tool: {kind: noop, result: 2}
`,
  ];
}

/** Calls of tools that leave lines, by path. */
export const LEDGERED: { readonly [path: string]: readonly string[] } = {
  "chaos/main": ["first#1", "each#1.0", "each#1.1", "each#1.2", "last#1"],
  "chaos/inner": ["inside#1"],
};
