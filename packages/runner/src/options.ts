import type { Clock, Ids, Json, JsonObject, Random } from "@noetl/core";
import type { LogEvent } from "@noetl/engine";
import type { Progress } from "@noetl/pipeline";
import type { Diagnostic } from "@noetl/playbook";
import type { Store } from "@noetl/store";
import type { Credential, Registry } from "@noetl/tools";

/** Where a local run lives: made once by the edge, shared by a run and its children. */
export interface Host {
  store: Store;
  registry: Registry;
  clock: Clock;
  ids: Ids;
  random: Random;
  /** the environment of the process: python, shell and `env.*` see it */
  env: { readonly [name: string]: string | undefined };
  workingDirectory: string;
  dataDirectory: string;
  /** After the environment and the local store said no: the server of the context (decision 33). */
  remoteCredential?: (name: string) => Promise<Credential | undefined>;
  /** `--credential NAME=FILE`: file contents by name, before everything else */
  credentials?: { [name: string]: Credential };
  /** A catalog playbook that no file answers for (DSL §23.3); `undefined` = the catalog does not know it. */
  remotePlaybook?: (path: string, version: string | undefined) => Promise<string | undefined>;
}

export interface RunOptions {
  file: string;
  /** text of the file when it was read already (stdin) */
  text?: string;
  target?: string;
  payload?: JsonObject;
  merge?: "shallow" | "deep";
  /** tool calls in flight in the whole run; default 16 */
  concurrency?: number;
  /** whole run, milliseconds */
  timeoutMs?: number;
  skipUnsupported?: boolean;
  /** Called playbooks take values of the caller for names they declare; default: when the caller has `profile: local` (DSL §23.3). */
  inheritWorkload?: boolean;
  resume?: ResumeOptions;
  /** Aborted = cancel the run and wait for what is running. */
  signal?: AbortSignal;
  observer?: Observer;
}

export interface ResumeOptions {
  /** absent: the newest unfinished or failed run of this file */
  executionId?: string;
  /** re-run this step and what is downstream of it */
  from?: string;
  /** a finished step whose definition changed keeps its result */
  keepChanged?: boolean;
}

/** Everything a terminal, an ndjson stream or a TUI may want to draw. Called in log order; must not throw. */
export interface Observer {
  started?(info: RunInfo): void;
  event?(event: LogEvent, info: RunInfo): void;
  progress?(progress: Progress, info: RunInfo): void;
  diagnostics?(diagnostics: readonly Diagnostic[], file: string, text: string): void;
  reuse?(report: ReuseReport, info: RunInfo): void;
  warning?(message: string): void;
}

export interface RunInfo {
  execution_id: string;
  path: string;
  name: string;
  file: string | null;
  /** null for the run the user started */
  parent: string | null;
  steps: number;
}

/** What a resumed run takes over, step by step, and why the others run again. */
export interface ReuseReport {
  from: string;
  reused: { step: string; calls: number }[];
  again: { step: string; reason: "failed" | "unfinished" | "changed" | "downstream" | "requested" | "not_run" }[];
}

/** The document of `run --json` (decision 31). */
export interface RunOutcome {
  schema: "noetl.run/1";
  execution_id: string;
  playbook: string;
  path: string;
  status: "COMPLETED" | "FAILED" | "CANCELLED";
  started_at: string;
  finished_at: string;
  duration_ms: number;
  result: Json;
  steps: { [name: string]: StepOutcome };
  error?: { code: string; kind: string; message: string; step?: string; hint?: string };
  resumed_from?: string;
}

export interface StepOutcome {
  status: "PENDING" | "RUNNING" | "COMPLETED" | "FAILED" | "SKIPPED" | "CANCELLED";
  runs: number;
  attempts: number;
  result?: Json;
  ref?: string;
  error?: JsonObject;
}
