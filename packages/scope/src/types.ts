import type { ErrorInfo, Json, JsonObject } from "@noetl/core";

export type EnvelopeStatus = "ok" | "error" | "skipped" | "timeout";

/** What a tool call came to (DSL §14.1). `response` is a view on `data`, not stored. */
export interface Envelope {
  status: EnvelopeStatus;
  data: Json;
  ref?: ResultRef;
  error?: ErrorInfo;
  http?: { status: number; headers: { [name: string]: string }; url?: string };
  pg?: { code: string; sqlstate: string };
  py?: { exception: string; traceback?: string };
  meta: EnvelopeMeta;
}

export interface EnvelopeMeta {
  attempt: number;
  duration_ms: number;
  tool: string;
  started_at: string;
  task?: string;
  worker?: string;
  /** set on results of a pipeline (more than one task or labelled): labels that ran, in order (worker-and-tools §7.4) */
  labels?: string[];
  failed_task?: string;
  /** why a step was skipped (DSL §11.3) */
  reason?: "guard" | "not_admitted";
}

/** A result stored elsewhere (DSL §21.2). */
export interface ResultRef {
  kind: "result_ref";
  /** noetl://execution/<id>/result/<step>/<n> */
  ref: string;
  store: string;
  scope: string;
  expires_at: string | null;
  meta: { bytes: number; sha256: string; media_type: string };
  /** answers `{{ s.k }}` without fetching (DSL §21.3) */
  extracted: JsonObject;
  /** first bytes of the JSON text */
  preview?: string;
}

/** What is kept of the latest run of a step. Views (DSL §7.4) are made from it. */
export interface StepRecord {
  step: string;
  run: number;
  status: EnvelopeStatus;
  /** inline data; absent when `ref` or `parts` hold it, or when there is none */
  data?: Json;
  ref?: ResultRef;
  /** a loop: one part an iteration, in index order; `null` = failed or not run (DSL §16.5) */
  parts?: (LoopPart | null)[];
  stats?: LoopStats;
  gather?: LoopGather;
  errors?: { index: number; error: ErrorInfo }[];
  /** a drained cursor: extra fields of the aggregate (`cursor`, `frames`, `rows`) */
  cursor?: JsonObject;
  error?: ErrorInfo;
  http?: Envelope["http"];
  pg?: Envelope["pg"];
  py?: Envelope["py"];
  meta?: Partial<EnvelopeMeta>;
}

export interface LoopPart {
  data?: Json;
  ref?: ResultRef;
}

/** How the results of a loop are put together (DSL §21.4); absent: one after the other. */
export interface LoopGather {
  strategy: "concat" | "merge";
  /** where in each result the list or map is */
  path?: string;
  /** items kept */
  max?: number;
}

export interface LoopStats {
  total: number;
  success: number;
  failed: number;
  skipped: number;
  truncated?: boolean;
}

/** One iteration as templates see it (DSL §7.3, `loop.*` of §7.1). */
export interface Iteration {
  iterator: string;
  item: Json;
  index: number;
  /** unknown (null) in cursor loops */
  total: number | null;
  /** written by `set: {iter.x: …}` */
  vars: JsonObject;
}

/** Everything the lookup chain of DSL §7.2 reads. Plain data except the two functions. */
export interface ScopeInput {
  /** level 1, innermost: site names (output, error, event, input, args), input keys, task-level set, labels, pipeline locals */
  locals?: Record<string, unknown>;
  iteration?: Iteration;
  stepLocals?: JsonObject;
  /** `ctx` variables; legacy `vars` under key `vars` */
  ctx: JsonObject;
  result(step: string): StepRecord | undefined;
  stepNames(): Iterable<string>;
  workload: JsonObject;
  /** execution_id, catalog_id, path, version, job, payload, env, parent_execution_id, server_url, spec, keychain … */
  engine: Record<string, unknown>;
  /** Body of a reference when it has been fetched; else `undefined` and the view throws NeedBody. */
  body(ref: string): Json | undefined;
}

/** One assignment that was rendered; `path` without the scope segment. */
export interface Assignment {
  scope: "ctx" | "iter" | "step" | "local" | "vars";
  path: string[];
  value: Json;
}
