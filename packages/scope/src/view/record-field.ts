import type { SiteCOptions } from "../api.ts";
import { stepStatus } from "../status.ts";
import type { StepRecord } from "../types.ts";

/** Envelope keys of a record; `error` is absent on success. */
export function envelopeField(record: StepRecord, key: string, options: SiteCOptions = {}): unknown {
  switch (key) {
    case "status":
      if (options.httpLenient && record.http) return record.http.status;
      return stepStatus(record.status);
    case "error":
    case "ref":
    case "http":
    case "pg":
    case "py":
    case "meta":
      return record[key];
    default:
      return undefined;
  }
}

export function isAlias(key: string | number): boolean {
  return key === "result" || key === "output" || key === "context";
}

export function hasFailed(record: StepRecord): boolean {
  return record.status === "error" || record.status === "timeout";
}
