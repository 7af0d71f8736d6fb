import type { JsonObject } from "@noetl/core";
import { failed } from "../outcome.ts";
import type { ToolDone } from "../tool.ts";
import type { Field } from "./field.ts";

export type Checked<T> = { ok: true; config: T } | { ok: false; outcome: ToolDone };

/**
 * Rendered config → what the tool works on. Keys that rendered to null count as absent. All problems come at once, as one
 * `configuration` error (code `CONFIG_INVALID`): `http: 'url' is missing; 'method' must be one of GET, POST`.
 */
export function checkConfig<T>(kind: string, shape: Field<T>, config: JsonObject): Checked<T> {
  const reading = shape.read(config);
  if (reading.ok) return { ok: true, config: reading.value };
  const problems = reading.problems.map(
    ({ path, text }) => `${path.length > 0 ? `'${path.join(".")}'` : "the config"} ${text}`,
  );
  return { ok: false, outcome: failed("configuration", `${kind}: ${problems.join("; ")}`, { code: "CONFIG_INVALID" }) };
}
