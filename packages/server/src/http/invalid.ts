import { type JsonObject, NoetlError } from "@noetl/core";
import type { ZodError } from "zod";

/** What is wrong with a request, place by place (server-api §1.3). */
export class InvalidRequest extends NoetlError {
  readonly issues: JsonObject[];
  constructor(issues: JsonObject[]) {
    const first = issues[0];
    const place = Array.isArray(first?.loc) ? first.loc.join(".") : "";
    super("validation", "E_REQUEST", first ? `${place}: ${String(first.msg)}` : "the request is not valid");
    this.issues = issues;
  }
}

export function invalid(error: ZodError, place: string): InvalidRequest {
  return new InvalidRequest(
    error.issues.map((issue) => ({ loc: [place, ...issue.path.map(String)], msg: issue.message, type: issue.code })),
  );
}
