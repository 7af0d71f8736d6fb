import { type Clock, ensureError, type Random } from "@noetl/core";
import type { Command } from "@noetl/engine";
import type { KeychainCache, PipelineHost, Progress } from "@noetl/pipeline";
import type { Registry, Resources } from "@noetl/tools";
import type { Log } from "../log.ts";
import type { Observer } from "../observe.ts";
import type { ControlPlane } from "../plane/control-plane.ts";
import { credentialFromEnvironment } from "./credential.ts";
import { toolEnvironment } from "./tool-environment.ts";

/** What commands of this worker run in: one set of tools and resources, the control plane for the rest. */
export interface CommandHost {
  /** `server`: the one that handed the command out */
  of(command: Command, server: ControlPlane): PipelineHost;
  /** Does it take a place among the database commands (worker-and-tools §4.4)? */
  usesDatabase(command: Command): boolean;
}

export interface CommandHostOptions {
  registry: Registry;
  resources: Resources;
  clock: Clock;
  random: Random;
  env: { readonly [name: string]: string | undefined };
  worker: string;
  serverUrl?: string;
  workingDirectory: string;
  dataDirectory: string;
  observer: Observer;
  log: Log;
  onProgress(progress: Progress, executionId: string): void;
}

const DATABASES = new Set(["postgres", "duckdb", "ducklake", "snowflake", "transfer"]);

export function commandHost(options: CommandHostOptions): CommandHost {
  const { registry, clock, observer, log } = options;
  const environment: PipelineHost["environment"] = {
    workingDirectory: options.workingDirectory,
    dataDirectory: options.dataDirectory,
    childEnvironment: "clean",
    processEnv: toolEnvironment(options.env),
    worker: options.worker,
    ...(options.serverUrl === undefined ? {} : { serverUrl: options.serverUrl }),
  };

  async function putResult(server: ControlPlane, input: Parameters<ControlPlane["putResult"]>[0]) {
    const started = clock.now();
    try {
      const ref = await server.putResult(input);
      observer.stored(ref.meta.bytes, clock.now() - started, true);
      return ref;
    } catch (error) {
      observer.stored(0, clock.now() - started, false);
      throw error;
    }
  }

  return {
    of: (command, server) => ({
      tool: (kind) => registry.get(kind),
      clock,
      random: options.random,
      resources: options.resources,
      credential: async (name) =>
        (await credentialFromEnvironment(options.env, name)) ?? server.credential(name, command.execution_id),
      putResult: (input) => putResult(server, input),
      getResult: (ref) => server.getResult(ref),
      keychainCache: keychainCache(server, log),
      environment,
      onProgress: (progress) => options.onProgress(progress, command.execution_id),
    }),
    usesDatabase: (command) => command.step.tasks.some((task) => DATABASES.has(task.kind)),
  };
}

/** What cannot be had from the cache is resolved anew: its failure is no failure of the call. */
function keychainCache(server: ControlPlane, log: Log): KeychainCache {
  return {
    async get(key) {
      try {
        return await server.keychainGet(key);
      } catch (error) {
        log.warn("the server's keychain cannot be read", { error: ensureError(error) });
        return undefined;
      }
    },
    async put(key, entry) {
      try {
        await server.keychainPut(key, entry);
      } catch (error) {
        log.warn("the server's keychain cannot be written", { error: ensureError(error) });
      }
    },
  };
}
