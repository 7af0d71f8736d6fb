import type { Clock, Json, Random } from "@noetl/core";
import type { CallDone, CallError, CallParked, Command } from "@noetl/engine";
import type { ResultRef } from "@noetl/scope";
import type { Credential, Resources, Tool } from "@noetl/tools";

/** What runs a command needs from its host (runner, worker). */
export interface PipelineHost {
  tool(kind: string): Tool | undefined;
  clock: Clock;
  random: Random;
  resources: Resources;
  /** by name: environment → local store → server (decision 33). Meanings: not_found, auth terminal; unavailable, timeout retryable */
  credential(name: string): Promise<Credential>;
  /** Result store: bodies over the inline limit (DSL §21.2). */
  putResult(input: {
    execution_id: string;
    step: string;
    body: Json;
    store?: string;
    scope: string;
    ttl?: number;
  }): Promise<ResultRef>;
  getResult(ref: string): Promise<Json>;
  /** Cache of `scope: global|shared` keychain entries; absent = process memory only. */
  keychainCache?: KeychainCache;
  environment: {
    playbookDirectory?: string;
    workingDirectory: string;
    dataDirectory: string;
    childEnvironment: "inherit" | "clean";
    processEnv: { readonly [name: string]: string | undefined };
    worker?: string;
    serverUrl?: string;
  };
  onProgress(progress: Progress): void;
}

export interface KeychainCache {
  get(key: string): Promise<{ data: Json; expires_at: number } | undefined>;
  put(key: string, entry: { data: Json; expires_at: number }): Promise<void>;
}

/** Told while a command runs; already redacted. Not part of the log. */
export type Progress =
  | {
      type: "task.started";
      command_id: string;
      step: string;
      task: string;
      kind: string;
      attempt: number;
      iteration?: number;
      input?: Json;
    }
  | {
      type: "task.finished";
      command_id: string;
      step: string;
      task: string;
      status: string;
      duration_ms: number;
      iteration?: number;
      message?: string;
    }
  | {
      type: "task.retry";
      command_id: string;
      step: string;
      task: string;
      attempt: number;
      delay_ms: number;
      message: string;
      iteration?: number;
    }
  | {
      type: "output";
      command_id: string;
      step: string;
      task: string;
      stream: "stdout" | "stderr";
      text: string;
      iteration?: number;
    }
  | { type: "warning"; command_id: string; step: string; code: string; message: string };

/** `runCommand(command, host, signal)`: never rejects; a bug inside becomes `call.error` kind `unknown`. */
export type RunCommand = (
  command: Command,
  host: PipelineHost,
  signal: AbortSignal,
) => Promise<CallDone | CallError | CallParked>;
