import type { Json, JsonObject } from "@noetl/core";

/** The canonical playbook (DSL §24.1): what the engine stores and executes. Workbook references are resolved away. */

/** A JSON tree in which strings may be templates. */
export type Tpl = Json;
/** Absent or null = true (DSL §8.10). A list must hold as a whole. */
export type Cond = string | boolean | null | Cond[];

/** 1-based position of a node in its file. */
export interface Loc {
  line: number;
  column: number;
}

export interface Playbook {
  apiVersion: "noetl.io/v2";
  kind: "Playbook" | "Agent";
  metadata: Metadata;
  executor: Executor;
  workload: { [key: string]: Tpl };
  keychain: KeychainEntry[];
  spec?: JsonObject;
  /** initial `ctx` from legacy root `vars` */
  vars?: { [key: string]: Tpl };
  workflow: Step[];
}

export interface Metadata {
  name: string;
  /** catalog path; equals `name` when the document has none */
  path: string;
  description?: string;
  labels?: { [key: string]: string };
  [key: string]: unknown;
}

export interface Executor {
  profile: "local" | "distributed" | "auto";
  version: string;
  requires: { tools: string[]; features: string[] };
  spec: {
    entry_step?: string;
    final_step?: string;
    no_next_is_error: boolean;
    policy: { defaults: JsonObject; results: JsonObject; limits: ExecutorLimits };
    pool?: string;
  };
}

export interface ExecutorLimits {
  max_steps?: number | string;
  max_iterations?: number | string;
  max_in_flight?: number | string;
  timeout_seconds?: number | string;
}

export interface KeychainEntry {
  name: string;
  kind: string;
  scope: "local" | "global" | "shared";
  auto_renew: boolean;
  ttl_seconds?: number;
  /** every other key, templates unrendered */
  config: { [key: string]: Tpl };
}

export interface Step {
  step: string;
  desc?: string;
  spec: StepSpec;
  guard?: Cond;
  input: { [key: string]: Tpl };
  loop?: Loop;
  tasks: Task[];
  /** one anonymous tool: the step's data is the task's data, not a map by label */
  single: boolean;
  output?: OutputSpec;
  set: SetEntry[];
  next?: Router;
  loc: Loc;
}

export interface StepSpec {
  admit?: AdmitRule[];
  timeout_seconds?: number | string;
  deadline_s?: number | string;
  failure?: "fail_fast" | "best_effort";
  /** pipeline iteration limit, default 1 000 000 */
  max_iterations?: number | string;
  idempotent?: boolean;
  extra: JsonObject;
}

/** First match wins; absent `when` = else. */
export interface AdmitRule {
  when?: Cond;
  then: { allow: boolean } | { do: "fail"; message?: string };
}

export interface Task {
  name: string;
  anonymous: boolean;
  /** lower case, aliases folded (`playbooks` → `playbook`) */
  kind: string;
  /** map of templates, or one template that yields a map */
  input: { [key: string]: Tpl } | string;
  /** tool keys under their canonical names (DSL §25.1), unrendered */
  config: { [key: string]: Tpl };
  auth?: Tpl;
  guard?: Cond;
  rules: Rule[];
  onUnmatched: "continue" | "fail" | "default";
  /** seconds: number, template, or {connect, read} */
  timeout?: Json;
  output?: OutputSpec;
  /** `assert: {when|expr, message}` checked after success */
  assert?: { when: Cond; message?: string };
  set: SetEntry[];
  loc: Loc;
}

export interface Rule {
  /** absent = else */
  when?: Cond;
  do: "continue" | "retry" | "break" | "jump" | "fail";
  attempts?: number | string;
  delay?: number | string;
  backoff?: "none" | "fixed" | "linear" | "exponential";
  max_delay?: number | string;
  jitter?: boolean;
  /** label, or "previous" */
  to?: string;
  message?: string;
  set: SetEntry[];
}

/** `local` = pipeline-local (bare name in a task `set`). `path` never holds the scope segment. */
export interface SetEntry {
  scope: "ctx" | "iter" | "step" | "local" | "vars";
  path: string[];
  value: Tpl;
  /** sees the entries before it (task `set`, legacy `vars`) */
  sequential: boolean;
}

export interface Loop {
  source: { in: Tpl } | { cursor: Cursor };
  iterator: string;
  mode: "sequential" | "parallel" | "cursor";
  max_in_flight?: number | string;
  exec: "distributed" | "local";
  failure?: "fail_fast" | "best_effort";
  limit?: number | string;
  frame?: Frame;
}

export interface Cursor {
  kind: string;
  auth?: Tpl;
  claim: string;
  options: { [key: string]: Tpl };
}

/** DSL §16.6; all numbers may be template strings. */
export interface Frame {
  max_rows?: number | string;
  max_seconds?: number | string;
  max_bytes?: number | string;
  lease_seconds?: number | string;
  heartbeat_seconds?: number | string;
  row_concurrency?: number | string;
  process: "row" | "frame";
  max_attempts?: number | string;
}

export interface Router {
  mode: "exclusive" | "inclusive";
  on_no_match: "complete" | "quiet";
  arcs: Arc[];
}

/** Several targets only for a legacy nested `then` group: one arc for matching, all targets fire. */
export interface Arc {
  targets: string[];
  when?: Cond;
  set: SetEntry[];
  /** legacy arc payload: merged under the target's input */
  input?: { [key: string]: Tpl };
}

export interface OutputSpec {
  store?: { kind: string; [key: string]: Json };
  select?: { path: string; as: string }[];
  inline_max_bytes?: number | string;
  preview_max_bytes?: number | string;
  scope?: "step" | "execution" | "workflow" | "permanent";
  as?: string;
  accumulate?: JsonObject;
}
