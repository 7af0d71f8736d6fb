import { defineTool, field } from "../config/index.ts";
import { done } from "../outcome.ts";

/** Does nothing: routing, joins, ends of a workflow (DSL §12.3). */
export const noopTool = defineTool({
  kind: "noop",
  summary: "does nothing and succeeds",
  config: () =>
    field.object({
      result: field.json("what the step's result is").optional(),
      message: field.text("text in the result when `result` is not given").optional(),
    }),
  effects: "none",
  resultSummary: "`result`, else {status, message}",
  pure: true,
  idempotent: true,
  // Null is a result like any other, while the check has dropped it: hence the raw config.
  run: (config, call) =>
    done(
      Object.hasOwn(call.config, "result")
        ? (call.config.result ?? null)
        : { status: "ok", message: config.message ?? "noop" },
    ),
});
