import { TOLERANT, type TolerantText } from "@noetl/template";
import type { EnvelopeStatus } from "./types.ts";

const ALSO: { readonly [status in EnvelopeStatus]: readonly string[] } = {
  ok: ["success", "completed"],
  error: ["failed"],
  timeout: ["error", "failed"],
  skipped: [],
};

/** An envelope status: `'success'` equals `ok`, `'failed'` equals `error`, `timeout` counts as `error` (DSL §14.2). */
export function statusText(status: EnvelopeStatus): TolerantText {
  return { [TOLERANT]: true, text: status, equals: (other) => other === status || ALSO[status].includes(other) };
}

/** The status of a step (DSL §7.4, §14.5): that of its envelope, but a step that timed out has failed and reads `error`. */
export function stepStatus(status: EnvelopeStatus): TolerantText {
  return status === "timeout" ? { ...statusText(status), text: "error" } : statusText(status);
}
