import { tmpdir } from "node:os";
import { env, pid } from "node:process";
import { type Json, type JsonObject, NoetlError, systemClock } from "@noetl/core";
import { createResources } from "../resources.ts";
import type { Credential, Resources, Tool, ToolCall, ToolDone, ToolEnvironment } from "../tool.ts";

export interface TestHost {
  /** Runs a tool as a host would; a parked outcome fails. */
  run(tool: Tool, config: JsonObject, more?: Partial<Omit<ToolCall, "config" | "env">>): Promise<ToolDone>;
  call(config: JsonObject, more?: Partial<Omit<ToolCall, "config" | "env">>): ToolCall;
  readonly resources: Resources;
  /** live output so far */
  readonly output: { stream: "stdout" | "stderr"; text: string }[];
  readonly secrets: string[];
  close(): Promise<void>;
}

export interface TestHostOptions extends Partial<ToolEnvironment> {
  context?: JsonObject;
  results?: { [ref: string]: Json };
  auth?: { [label: string]: Credential };
}

/** A host for tests: real processes and files, nothing of a run behind it. */
export function testHost({ context = {}, results = {}, auth = {}, ...environment }: TestHostOptions = {}): TestHost {
  const resources = environment.resources ?? createResources();
  const output: TestHost["output"] = [];
  const secrets: string[] = [];
  const base: ToolEnvironment = {
    site: {
      execution_id: "42",
      step: "probe",
      task: "probe_task",
      attempt: 1,
      local_profile: false,
      single: true,
      has_rules: false,
    },
    clock: systemClock,
    workingDirectory: tmpdir(),
    dataDirectory: tmpdir(),
    childEnvironment: "inherit",
    processEnv: { ...env, NOETL_TEST_HOST: String(pid) },
    onOutput: (stream, text) => output.push({ stream, text }),
    flatContext: (names) =>
      names === undefined
        ? context
        : Object.fromEntries(Object.entries(context).filter(([name]) => names.includes(name))),
    fetchResult: async (ref) => {
      if (Object.hasOwn(results, ref)) return results[ref] ?? null;
      throw new NoetlError("not_found", "NOT_FOUND", `no result ${ref}`);
    },
    storeResult: async () => {
      throw new NoetlError("unavailable", "NO_STORE", "this host stores nothing");
    },
    latestResult: () => undefined,
    resources,
    addSecret: (value) => secrets.push(value),
    ...environment,
  };
  const call: TestHost["call"] = (config, more = {}) => ({
    config,
    input: {},
    auth,
    timeout: {},
    signal: new AbortController().signal,
    env: base,
    ...more,
  });
  return {
    call,
    async run(tool, config, more) {
      const outcome = await tool.execute(call(config, more));
      if (outcome.status === "parked") throw new Error("the call was parked");
      return outcome;
    },
    resources,
    output,
    secrets,
    close: () => resources.close(),
  };
}
