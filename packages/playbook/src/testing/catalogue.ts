import type { Severity } from "../diagnostic.ts";
import type { ParseOptions } from "../parse.ts";

/** A document and the finding it must give; `#!` marks the line of the finding. */
export interface Case {
  code: string;
  /** steps of an otherwise fine playbook */
  steps?: string;
  /** root keys of an otherwise fine playbook */
  head?: string;
  /** a whole document */
  text?: string;
  options?: ParseOptions;
  severity?: Severity;
}

const strict: ParseOptions = { profile: "strict" };
const local: ParseOptions = { host: "local" };
const server: ParseOptions = { host: "server" };
const STEP = "- {step: a, tool: {kind: noop}}";

const READING: Case[] = [
  { code: "E_YAML", text: "a: [1, 2\nb: 3\n" },
  { code: "E_YAML", text: "" },
  { code: "E_YAML", text: "- a list\n" },
  { code: "E_YAML", text: "a:\n\t- b #!\n" },
  { code: "E_YAML_DUPKEY", text: "kind: Playbook\nkind: Agent #!\n" },
  { code: "E_YAML_MULTIDOC", text: "kind: Playbook\n---\nkind: Agent #!\n" },
  { code: "E_KIND_MISSING", text: "metadata: {name: a} #!\n" },
  { code: "E_KIND_MISSING", text: "apiVersion: noetl.io/v2 #!\nmetadata: {name: a}\nworkflow: []\n", options: strict },
  { code: "W_KIND_MISSING", text: "metadata: {name: a}\nworkflow: [{step: a, tool: {kind: noop}}] #!\n" },
  { code: "E_KIND", text: "kind: Playbok #!\n" },
  { code: "E_KIND", text: "kind: Credential #!\nname: x\n" },
  { code: "E_API_VERSION", text: "kind: Playbook\napiVersion: noetl.io/v1 #!\nmetadata: {name: a}\nworkflow: []\n" },
  { code: "E_API_VERSION", text: "kind: Playbook #!\nmetadata: {name: a}\nworkflow: []\n", options: strict },
  {
    code: "W_API_VERSION",
    text: "kind: Playbook #!\nmetadata: {name: a}\nworkflow: [{step: a, tool: {kind: noop}}]\n",
  },
];

const ROOT: Case[] = [
  { code: "E_META_NAME", text: "kind: Playbook\napiVersion: noetl.io/v2\nmetadata: {path: a} #!\nworkflow: []\n" },
  {
    code: "E_PATH_MISSING",
    text: "kind: Playbook\napiVersion: noetl.io/v2\nmetadata: {labels: {}} #!\nworkflow: []\n",
  },
  {
    code: "E_PATH",
    text: "kind: Playbook\napiVersion: noetl.io/v2\nmetadata:\n  name: a\n  path: /a//b #!\nworkflow: []\n",
  },
  {
    code: "E_PATH",
    text: "kind: Playbook\napiVersion: noetl.io/v2\nmetadata:\n  name: a\n  path: a/../b #!\nworkflow: []\n",
  },
  { code: "W_SECRET_PERSIST", head: "workload:\n  a: {b: 'Bearer {{ keychain.k.token }}'} #!" },
  { code: "E_WORKLOAD_TYPE", head: "workload: [1] #!" },
  { code: "E_ROOT_VARS", head: "vars: {a: 1} #!", options: strict },
  { code: "E_UNKNOWN_KEY", head: "worklaod: {} #!", options: strict },
  { code: "W_UNKNOWN_KEY", head: "worklaod: {} #!" },
  { code: "E_WORKFLOW_EMPTY", text: "kind: Playbook\napiVersion: noetl.io/v2\nmetadata: {name: a}\nworkflow: [] #!\n" },
  { code: "E_TYPE", head: "executor:\n  requires: 3 #!" },
  { code: "W_EXECUTOR_PROFILE", head: "executor: {profile: lokal} #!" },
  { code: "W_EXECUTOR_PROFILE", head: "executor: {profile: local} #!", options: server },
  { code: "W_EXECUTOR_VERSION", head: "executor: {version: noetl-runtime/9} #!" },
  { code: "E_ENTRY_STEP", head: "executor: {spec: {entry_step: b}} #!" },
  { code: "E_FINAL_STEP", head: "executor: {spec: {final_step: b}} #!" },
  { code: "E_KEYCHAIN_NAME", head: "keychain:\n  - {kind: static, map: {}} #!" },
  { code: "E_KEYCHAIN_NAME", head: "keychain:\n  - {name: a-b, kind: static} #!" },
  { code: "E_KEYCHAIN_KIND", head: "keychain:\n  - {name: a, kind: sekrets} #!" },
  { code: "E_KEYCHAIN_SCOPE", head: "keychain:\n  - {name: a, kind: static, scope: everywhere} #!" },
  { code: "E_KEYCHAIN_DUP", head: "keychain:\n  - {name: a, kind: static}\n  - {name: a, kind: static} #!" },
  { code: "E_WORKBOOK_NAME", head: "workbook:\n  - {tool: {kind: noop}} #!" },
  { code: "E_WORKBOOK_NAME", steps: "- step: a\n  tool: {kind: workbook} #!" },
  {
    code: "E_WORKBOOK_UNKNOWN",
    head: "workbook:\n  - {name: one, tool: {kind: noop}}",
    steps: "- step: a\n  tool: {kind: workbook, name: two} #!",
  },
  {
    code: "E_WORKBOOK_DUP",
    head: "workbook:\n  - {name: a, tool: {kind: noop}}\n  - {name: a, tool: {kind: noop}} #!",
  },
  { code: "E_WORKBOOK_CYCLE", head: "workbook:\n  - {name: a, tool: {kind: workbook, name: a}} #!" },
];

const STEPS: Case[] = [
  { code: "E_STEP_NAME", steps: "- tool: {kind: noop} #!" },
  { code: "E_STEP_NAME", steps: '- step: "a {{ b }}" #!\n  tool: {kind: noop}' },
  { code: "E_STEP_DUP", steps: "- {step: a, tool: {kind: noop}}\n- step: a #!\n  tool: {kind: noop}" },
  { code: "E_TOOL_MISSING", steps: "- step: a #!", options: strict },
  { code: "W_TOOL_MISSING", steps: "- step: a #!" },
  { code: "W_RESERVED_NAME", steps: "- step: output #!\n  tool: {kind: noop}" },
  { code: "E_TOOL_KIND", steps: "- step: a\n  tool: {url: x} #!" },
  { code: "E_TOOL_UNKNOWN", steps: "- step: a\n  tool: {kind: htpp} #!", options: strict },
  { code: "W_TOOL_UNKNOWN", steps: "- step: a\n  tool: {kind: htpp} #!" },
  { code: "E_TOOL_EMPTY", steps: "- step: a\n  tool: [] #!" },
  { code: "E_TASK_DUP", steps: "- step: a\n  tool:\n    - {name: x, kind: noop}\n    - {name: x, kind: noop} #!" },
  { code: "E_RESERVED_NAME", steps: "- step: a\n  tool:\n    - {name: results, kind: noop} #!" },
  { code: "E_TOOL_REQUIRED", steps: "- step: a\n  tool: {kind: http} #!" },
  { code: "E_TOOL_REQUIRED", steps: "- step: a\n  tool: http #!" },
  {
    code: "W_UNKNOWN_KEY",
    steps: "- step: a\n  tool:\n    kind: http\n    url: x\n    hedaers: {} #!",
    options: strict,
  },
  { code: "E_TIMEOUT_VALUE", steps: "- step: a\n  tool: {kind: noop, timeout: soon} #!" },
  { code: "E_TIMEOUT_VALUE", steps: "- step: a\n  tool: {kind: noop}\n  spec: {timeout_seconds: -1} #!" },
  { code: "E_PLAYBOOK_INPUT", steps: "- step: a\n  tool: {kind: playbook, path: x, input: [1]} #!" },
  { code: "E_OUTPUT_STORE", steps: "- step: a\n  tool: {kind: noop}\n  output: {store: {kind: floppy}} #!" },
  { code: "E_OUTPUT_SELECT", steps: "- step: a\n  tool: {kind: noop}\n  output: {select: [{as: x}]} #!" },
  { code: "E_ADMIT_RULES", steps: "- step: a\n  tool: {kind: noop}\n  spec: {policy: {admit: {rules: 3}}} #!" },
  {
    code: "E_ADMIT_RULE",
    steps: "- step: a\n  tool: {kind: noop}\n  spec: {policy: {admit: {rules: [{when: true}]}}} #!",
  },
  {
    code: "E_ADMIT_THEN",
    steps: "- step: a\n  tool: {kind: noop}\n  spec: {policy: {admit: {rules: [{when: true, then: {do: x}}]}}} #!",
  },
];

const rule = (text: string) =>
  `- step: a\n  tool:\n    kind: noop\n    spec:\n      policy:\n        rules:\n          - ${text} #!`;

const RULES: Case[] = [
  { code: "E_POLICY_RULES", steps: "- step: a\n  tool: {kind: noop, spec: {policy: {rules: []}}} #!" },
  { code: "E_POLICY_RULES", steps: "- step: a\n  tool: {kind: noop, spec: {policy: {mode: exclusive}}} #!" },
  { code: "E_RULE_SHAPE", steps: rule("{when: true}") },
  { code: "E_RULE_SHAPE", steps: rule("{unless: true}") },
  { code: "E_RULE_WHEN", steps: rule("{when: {a: 1}, then: {do: fail}}") },
  { code: "E_RULE_DO", steps: rule("{when: true, then: {do: goto}}") },
  { code: "E_RULE_DO", steps: rule("{when: true, then: {set: {x: 1}}}"), options: strict },
  { code: "W_RULE_DO", steps: rule("{when: true, then: {set: {x: 1}}}") },
  { code: "E_RULE_ATTEMPTS", steps: rule("{when: true, then: {do: retry, attempts: 0}}") },
  { code: "E_RULE_DELAY", steps: rule("{when: true, then: {do: retry, delay: -1}}") },
  { code: "E_RULE_BACKOFF", steps: rule("{when: true, then: {do: retry, backoff: wild}}") },
  { code: "E_RULE_JUMP", steps: rule("{when: true, then: {do: jump, to: nowhere}}") },
  { code: "E_RULE_JUMP", steps: rule("{when: true, then: {do: jump}}") },
  {
    code: "W_RULE_UNREACHABLE",
    steps:
      "- step: a\n  tool:\n    kind: noop\n    spec:\n      policy:\n        rules:\n          - else: {then: {do: continue}}\n          - {when: '{{ x }}', then: {do: fail}} #!",
  },
];

const loop = (text: string) => `- step: a\n  tool: {kind: noop}\n  loop: ${text} #!`;

const LOOPS: Case[] = [
  { code: "E_LOOP_SOURCE", steps: loop("{iterator: x}") },
  { code: "E_LOOP_SOURCE", steps: loop("{in: [1], cursor: {claim: x}, iterator: x}") },
  { code: "E_LOOP_ITERATOR", steps: loop("{in: [1]}") },
  { code: "E_LOOP_ITERATOR", steps: loop("{in: [1], iterator: a-b}") },
  { code: "E_RESERVED_NAME", steps: loop("{in: [1], iterator: output}") },
  { code: "E_RESERVED_NAME", steps: loop("{in: [1], iterator: job}") },
  { code: "W_RESERVED_NAME", steps: loop("{cursor: {claim: x}, iterator: job, spec: {mode: cursor}}") },
  { code: "E_LOOP_MODE", steps: loop("{in: [1], iterator: x, spec: {mode: fastest}}") },
  { code: "E_LOOP_CURSOR_MODE", steps: loop("{in: [1], iterator: x, spec: {mode: cursor}}") },
  { code: "E_LOOP_CURSOR_MODE", steps: loop("{cursor: {claim: x}, iterator: x, spec: {mode: parallel}}") },
  { code: "E_LOOP_MIF", steps: loop("{in: [1], iterator: x, spec: {max_in_flight: 0}}") },
  { code: "E_CURSOR_CLAIM", steps: loop("{cursor: {kind: postgres}, iterator: x}") },
  { code: "E_FRAME_MODE", steps: loop("{in: [1], iterator: x, spec: {frame: {max_rows: 3}}}") },
  {
    code: "E_FRAME_VALUE",
    steps: loop("{cursor: {claim: x}, iterator: x, spec: {mode: cursor, frame: {max_rows: many}}}"),
  },
  { code: "E_LOOP_NESTED", steps: "- step: a\n  tool:\n    - {name: x, kind: noop, loop: {in: [1], iterator: i}} #!" },
  {
    code: "W_LOOP_ROWS",
    steps:
      "- step: q\n  tool: {kind: postgres, command: select 1}\n  next: {arcs: [{step: a}]}\n- step: a\n  tool: {kind: noop}\n  loop: {in: '{{ q }}', iterator: row} #!",
  },
  {
    code: "W_SET_CTX_PARALLEL",
    steps:
      "- step: a\n  loop: {in: [1], iterator: x, spec: {mode: parallel}}\n  tool:\n    kind: noop\n    set: {ctx.n: 1} #!",
  },
];

const next = (text: string) => `- step: a\n  tool: {kind: noop}\n  next: ${text} #!\n- {step: b, tool: {kind: noop}}`;

const ROUTING: Case[] = [
  { code: "E_NEXT_SHAPE", steps: next("{arcs: 3}") },
  { code: "E_NEXT_TARGET", steps: next("{arcs: [{step: missing}]}") },
  { code: "E_NEXT_MODE", steps: next("{spec: {mode: fastest}, arcs: [{step: b}]}") },
  { code: "E_NEXT_ON_NO_MATCH", steps: next("{spec: {on_no_match: shout}, arcs: [{step: b}]}") },
  { code: "E_ARC_STEP", steps: next("{arcs: [{when: true}]}") },
  { code: "W_ARC_UNKNOWN_KEY", steps: next("{arcs: [{step: b, cond: '{{ x }}'}]}") },
  { code: "E_UNKNOWN_KEY", steps: next("{arcs: [{step: b, cond: '{{ x }}'}]}"), options: strict },
  { code: "W_ARC_UNREACHABLE", steps: next("{arcs: [{step: b}, {step: a, when: '{{ x }}'}]}") },
  { code: "W_END_IMPLICIT", steps: next("{arcs: [{step: end}]}") },
  { code: "W_UNREACHABLE", steps: "- {step: a, tool: {kind: noop}}\n- step: b #!\n  tool: {kind: noop}" },
  {
    code: "W_FANOUT_NO_REDUCER",
    severity: "info",
    steps:
      "- step: a\n  tool: {kind: noop}\n  next: {spec: {mode: inclusive}, arcs: [{step: b}, {step: c}]} #!\n- {step: b, tool: {kind: noop}}\n- {step: c, tool: {kind: noop}}",
  },
];

const SETS: Case[] = [
  { code: "E_SET_TYPE", steps: "- step: a\n  tool: {kind: noop}\n  set: [1] #!" },
  { code: "E_SET_READONLY", steps: "- step: a\n  tool: {kind: noop}\n  set: {workload.a: 1} #!" },
  { code: "E_SET_TARGET", steps: "- step: a\n  tool: {kind: noop}\n  set: {ctx.: 1} #!" },
  { code: "W_SHADOW_STEP", steps: "- step: a\n  tool: {kind: noop}\n  set: {ctx.a: 1} #!" },
  { code: "W_SET_ITER_NO_LOOP", steps: "- step: a\n  tool: {kind: noop}\n  set: {iter.x: 1} #!" },
  {
    code: "E_SECRET_PERSIST",
    options: strict,
    steps: "- step: a\n  tool: {kind: noop}\n  set:\n    ctx.t: '{{ keychain.k.token }}' #!",
  },
  { code: "W_SECRET_PERSIST", steps: "- step: a\n  tool: {kind: noop}\n  set:\n    ctx.t: \"{{ token('x') }}\" #!" },
];

const input = (template: string) =>
  `- step: a\n  tool:\n    kind: python\n    code: pass\n    input:\n      n: '${template}' #!`;

const TEMPLATES: Case[] = [
  { code: "E_TPL_SYNTAX", steps: input("{{ 1 + }}") },
  { code: "E_TPL_FILTER", steps: input("{{ x | nosuch }}") },
  { code: "E_TPL_TEST", steps: input("{{ x is nosuch }}") },
  { code: "E_TPL_STMT", steps: input("{% include y %}") },
  { code: "E_TPL_CALL", steps: input("{{ workload.a() }}") },
  { code: "W_REF_UNKNOWN_STEP", steps: input("{{ nobody.here }}") },
  { code: "W_BARE_RESULT", steps: input("{{ result.x }}") },
  { code: "W_COND_TEXT", steps: next("{arcs: [{step: b, when: \"{{ workload.a }} == 'x'\"}]}") },
  {
    code: "W_TPL_VERBATIM",
    steps: "- step: a\n  tool:\n    kind: shell\n    cmds:\n      - 'echo {{ not ! valid }} {{ execution_id }}' #!",
  },
];

const LEGACY: Case[] = [
  { code: "W_LEGACY", steps: next("[b]") },
  { code: "E_LEGACY_KEY", steps: next("[b]"), options: strict },
  { code: "E_LEGACY_KEY", steps: "- step: a\n  tool: {kind: noop, goto: b} #!" },
  { code: "E_LEGACY_KEY", steps: "- step: a\n  tool: {kind: noop}\n  goto: b #!" },
  { code: "E_LEGACY_V1", steps: "- step: a\n  type: http #!\n  tool: {kind: noop}" },
  { code: "E_LEGACY_V1", steps: "- step: a\n  with: {x: 1} #!" },
  {
    code: "E_LEGACY_CASE",
    steps: `${STEP}\n- step: b\n  tool: {kind: noop}\n  case: [{when: '{{ x }}', then: [{step: a}]}] #!`,
  },
  {
    code: "E_LEGACY_CASE",
    options: local,
    steps: `${STEP}\n- step: b\n  tool: {kind: noop}\n  case: [{when: {rhai: x}, then: [{step: a}]}] #!`,
  },
  {
    code: "E_LEGACY_CASE",
    options: local,
    steps: `${STEP}\n- step: b\n  tool: {kind: noop}\n  case: [{when: x, then: {pipe: []}}] #!`,
  },
  { code: "E_LEGACY_EVAL", steps: "- step: a\n  tool: {kind: noop, eval: [x]} #!" },
  { code: "E_LEGACY_EVAL", steps: rule("{expr: x, then: {do: fail}}") },
  {
    code: "E_LEGACY_RETRY_COLLECT",
    steps: "- step: a\n  tool:\n    kind: http\n    url: x\n    retry: [{when: x, then: {collect: {path: data}}}] #!",
  },
  {
    code: "W_CHILD_INVALID",
    options: { child: () => ({ text: "kind: Playbook\n" }) },
    steps: "- step: a\n  tool: {kind: playbook, path: child} #!",
  },
];

export const CASES: readonly Case[] = [
  ...READING,
  ...ROOT,
  ...STEPS,
  ...RULES,
  ...LOOPS,
  ...ROUTING,
  ...SETS,
  ...TEMPLATES,
  ...LEGACY,
];
