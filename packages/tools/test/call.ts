import type { Json, JsonObject } from "@noetl/core";
import { systemClock } from "@noetl/core";
import { createResources } from "../src/resources.ts";
import type { Credential, Resources, ToolCall, ToolDone, ToolEnvironment, ToolOutcome } from "../src/tool.ts";

/** A call as a host makes it; what is stored through it is in `stored`. */
export function toolCall(
  config: JsonObject,
  more: Partial<Omit<ToolCall, "config" | "env">> & { env?: Partial<ToolEnvironment> } = {},
): ToolCall & { stored: { name: string; body: Json }[] } {
  const stored: { name: string; body: Json }[] = [];
  const { env, ...rest } = more;
  return {
    config,
    input: {},
    auth: {},
    timeout: {},
    signal: new AbortController().signal,
    ...rest,
    stored,
    env: {
      site: { execution_id: "1", step: "s", task: "s_task", attempt: 1, local_profile: false, single: true, has_rules: false },
      clock: systemClock,
      workingDirectory: process.cwd(),
      dataDirectory: process.cwd(),
      childEnvironment: "clean",
      processEnv: {},
      onOutput() {},
      flatContext: () => ({}),
      fetchResult: (ref) => Promise.reject(new Error(`no result ${ref}`)),
      async storeResult(name, body) {
        stored.push({ name, body });
        return { ref: `noetl://test/${name}`, bytes: JSON.stringify(body).length, sha256: "" };
      },
      latestResult: () => undefined,
      resources: createResources(),
      addSecret() {},
      ...env,
    },
  };
}

/** Everything a step sees of a tool whose outcome is not parked. */
export async function outcomeOf(outcome: Promise<ToolOutcome> | ToolOutcome): Promise<ToolDone> {
  const result = await outcome;
  if (result.status === "parked") throw new Error("parked");
  return result;
}

/** The data of a call that must have succeeded. */
export async function dataOf(outcome: Promise<ToolOutcome> | ToolOutcome): Promise<JsonObject> {
  const { status, data, error } = await outcomeOf(outcome);
  if (status !== "ok") throw new Error(`${status}: ${JSON.stringify(error)}`);
  return data as JsonObject;
}

export const credential = (type: string, data: JsonObject): { default: Credential } => ({ default: { name: "test", type, data } });

export type { Resources };
