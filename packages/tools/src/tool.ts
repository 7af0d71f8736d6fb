import type { Clock, ErrorInfo, Json, JsonObject } from "@noetl/core";
import type { ToolSpec } from "@noetl/playbook";

/** One tool kind. Knows nothing of templates, engine or store: it gets rendered config and answers with an outcome. */
export interface Tool extends ToolSpec {
  /** No effect outside and no waiting: hosts may run it without making the log durable first (`noop`). */
  readonly pure?: boolean;
  /** May a crashed call be run again without asking (worker-and-tools §5)? Default false. */
  readonly idempotent?: boolean;
  /** Never throws for things that can happen: errors are outcomes. A throw is treated as `unknown`. */
  execute(call: ToolCall): Promise<ToolOutcome> | ToolOutcome;
}

export interface ToolCall {
  /** canonical keys, rendered; not yet checked against `schema` */
  config: JsonObject;
  /** rendered, merged input (DSL §7.6) */
  input: JsonObject;
  /** credentials by label; a single one under the label `default` */
  auth: { [label: string]: Credential };
  /** attempt limit in ms (connect apart when the author gave it); undefined = the tool's own default */
  timeout: { total?: number; connect?: number };
  signal: AbortSignal;
  env: ToolEnvironment;
}

/** A resolved secret record: type and fields (DSL §9.2). */
export interface Credential {
  name: string;
  type: string;
  data: JsonObject;
}

/** What the host lends to tools. One per process; `site` is per call. */
export interface ToolEnvironment {
  site: {
    execution_id: string;
    step: string;
    task: string;
    attempt: number;
    iteration?: number;
    local_profile: boolean;
    single: boolean;
    has_rules: boolean;
  };
  clock: Clock;
  /** directory of the playbook file, when there is one */
  playbookDirectory?: string;
  workingDirectory: string;
  dataDirectory: string;
  /** `inherit`: local runner, children get the whole environment. `clean`: worker (worker-and-tools §11.2). */
  childEnvironment: "inherit" | "clean";
  processEnv: { readonly [name: string]: string | undefined };
  /**
   * Live output of a child: whole lines with their line ends, several in one call when they come together. Only the last text of a
   * stream may lack its line end. The host redacts it.
   */
  onOutput(stream: "stdout" | "stderr", text: string): void;
  /** python `context` (DSL §7.6): a flat map; `names` undefined = everything */
  flatContext(names?: readonly string[]): JsonObject;
  /** Body of a stored result; rejects with meaning `not_found`. */
  fetchResult(ref: string): Promise<Json>;
  /** For large bodies: stores a result and returns its reference. */
  storeResult(name: string, body: Json): Promise<{ ref: string; bytes: number; sha256: string }>;
  /** Data of the most recently finished step (tool `sink` without `data`). */
  latestResult(): Json | undefined;
  /** Shared, long-lived things (connection pools, interpreters), made once a process and closed by the host. */
  resources: Resources;
  /** A tool that got hold of a new secret (an OAuth token) says so before using it: it will be masked everywhere. */
  addSecret(value: string): void;
}

export interface Resources {
  /** The resource of this key, made by `create` at first use. */
  get<T>(key: string, create: () => T, close: (value: T) => void | Promise<void>): T;
  close(): Promise<void>;
}

export type ToolOutcome = ToolDone | ToolParked;

export interface ToolDone {
  status: "ok" | "error" | "timeout";
  data?: Json;
  error?: ErrorInfo;
  http?: { status: number; headers: { [name: string]: string }; url?: string };
  pg?: { code: string; sqlstate: string };
  py?: { exception: string; traceback?: string };
  stdout?: string;
  stderr?: string;
  /** becomes ctx variables as well (shell `exports`, tool `auth`); secrets in it were given to `addSecret` before */
  ctx?: JsonObject;
}

/** The call goes on when what it waits for has happened; no slot is held (DSL §18.8, §20). `wait` is an engine `Wait`. */
export interface ToolParked {
  status: "parked";
  wait: JsonObject;
}
