import type { Json, JsonObject } from "@noetl/core";
import { isObject } from "@noetl/core";
import type { Progress } from "../api.ts";
import { MASK } from "../secrets/redactor.ts";
import type { Call, Item } from "./call.ts";

const SECRET_KEY = /(password|passwd|secret|token|api[_-]?key|authorization|private[_-]?key|credential)$/i;

type Told =
  | { type: "task.started"; task: string; kind: string; attempt: number; input?: Json }
  | { type: "task.finished"; task: string; status: string; duration_ms: number; message?: string }
  | { type: "task.retry"; task: string; attempt: number; delay_ms: number; message: string }
  | { type: "output"; task: string; stream: "stdout" | "stderr"; text: string }
  | { type: "warning"; code: string; message: string };

/** Tells the host; text must be masked already unless it is an input, which is masked here by value and by key. */
export function tell(call: Call, item: Item | undefined, told: Told): void {
  const { command_id, step } = call.command;
  const index = item?.index ?? call.command.issued.iteration;
  const where = index === undefined ? {} : { iteration: index };
  call.host.onProgress({ ...told, command_id, step: step.step, ...where } as Progress);
}

/** A logged input: secret values and values under secret names are masked (DSL §9.3). */
export function loggedInput(call: Call, input: JsonObject): Json {
  return maskKeys(call.shared.redactor.json(input));
}

function maskKeys(value: Json): Json {
  if (Array.isArray(value)) return value.map(maskKeys);
  if (!isObject(value)) return value;
  const entries = Object.entries(value as JsonObject).map(([key, item]): [string, Json] => [
    key,
    typeof item === "string" && SECRET_KEY.test(key) ? MASK : maskKeys(item),
  ]);
  return Object.fromEntries(entries);
}
