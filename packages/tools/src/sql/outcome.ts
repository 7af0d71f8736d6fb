import type { ErrorInfo, Json } from "@noetl/core";
import { done } from "../outcome.ts";
import type { ToolDone } from "../tool.ts";
import { type StatementResult, sqlData } from "./result.ts";

interface Shape {
  as_objects?: boolean | undefined;
  transaction?: boolean | undefined;
}

/** A step whose statements ran; errors that `on_error: continue` passed over are listed. */
export function sqlDone(results: readonly StatementResult[], { as_objects = true }: Shape): ToolDone {
  const data = sqlData(results, as_objects);
  const errors = results.flatMap(({ error }, index): Json[] =>
    error === undefined ? [] : [{ ...error, statement: index }],
  );
  return done(errors.length === 0 ? data : { ...data, errors });
}

/** What the statements before the failing one gave; nothing of it is true any more when they were one transaction. */
export function partialData(
  progress: readonly StatementResult[],
  { as_objects = true, transaction }: Shape,
): Pick<ToolDone, "data"> {
  return progress.length === 0 || transaction ? {} : { data: sqlData(progress, as_objects) };
}

/** A step of which a statement failed: `done` statements before it succeeded. */
export function sqlFailed(error: ErrorInfo, done: number, rest: Omit<ToolDone, "status" | "error">): ToolDone {
  const message = done > 0 ? `statement ${done + 1}: ${error.message}` : error.message;
  return { status: error.kind === "timeout" ? "timeout" : "error", error: { ...error, message }, ...rest };
}
