import type { JsonObject } from "@noetl/core";
import type { Credential, ToolDone, ToolOutcome } from "../tool.ts";

/** Everything a step sees of a tool whose outcome is not parked. */
export async function doneOf(outcome: Promise<ToolOutcome> | ToolOutcome): Promise<ToolDone> {
  const result = await outcome;
  if (result.status === "parked") throw new Error("the call was parked");
  return result;
}

/** The data of a call that must have succeeded. */
export async function dataOf(outcome: Promise<ToolOutcome> | ToolOutcome): Promise<JsonObject> {
  const { status, data, error } = await doneOf(outcome);
  if (status !== "ok") throw new Error(`${status}: ${JSON.stringify(error)}`);
  return data as JsonObject;
}

/** One credential as a tool sees it. */
export function credential(type: string, data: JsonObject, label = "default"): { [label: string]: Credential } {
  return { [label]: { name: "test", type, data } };
}
