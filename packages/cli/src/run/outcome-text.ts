import type { RunOutcome } from "@noetl/runner";

/** The result for people on stdout: text as it is, data as indented JSON, nothing when there is none. */
export function outcomeText({ result }: Pick<RunOutcome, "result">): string {
  if (result === null) return "";
  if (typeof result === "string") return result;
  const empty = typeof result === "object" && Object.keys(result).length === 0;
  return empty ? "" : JSON.stringify(result, null, 2);
}
