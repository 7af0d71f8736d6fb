import { type Gate, openGate } from "@noetl/core";
import type { PipelineHost } from "@noetl/pipeline";
import { createResources, type Resources } from "@noetl/tools";
import { findCredential } from "../credentials.ts";
import type { Host, Observer } from "../options.ts";
import { unsupportedTool } from "./unsupported.ts";

/** What a run and the runs it calls have in common: one process, one set of tool resources, one limit on calls. */
export interface Shared {
  host: Host;
  gate: Gate;
  resources: Resources;
  observer: Observer;
  skipUnsupported: boolean;
  /** undefined: as the calling playbook's profile says */
  inheritWorkload: boolean | undefined;
}

export function openShared(
  host: Host,
  { concurrency, ...options }: { concurrency: number } & Omit<Shared, "host" | "gate" | "resources">,
): Shared {
  return { host, gate: openGate(concurrency), resources: createResources(), ...options };
}

/** The pipeline's view of this process for one run. */
export function pipelineHost(
  shared: Shared,
  directory: string | undefined,
  onProgress: PipelineHost["onProgress"],
): PipelineHost {
  const { host } = shared;
  return {
    tool: (kind) => {
      const tool = host.registry.get(kind);
      if (tool?.available === true) return tool;
      return shared.skipUnsupported ? unsupportedTool(kind, tool) : tool;
    },
    clock: host.clock,
    random: host.random,
    resources: shared.resources,
    credential: (name) => findCredential(host, name),
    putResult: (input) => host.store.results.put(input),
    getResult: (ref) => host.store.results.get(ref),
    environment: {
      ...(directory === undefined ? {} : { playbookDirectory: directory }),
      workingDirectory: host.workingDirectory,
      dataDirectory: host.dataDirectory,
      childEnvironment: "inherit",
      processEnv: host.env,
    },
    onProgress,
  };
}
