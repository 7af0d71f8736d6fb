import { defineTool, field } from "../config/index.ts";
import { failed } from "../outcome.ts";
import { resolveReference } from "./resolve.ts";

/** Reads a stored result for authors (DSL §21.5). */
export const artifactTool = defineTool({
  kind: "artifact",
  summary: "reads a result that was stored by reference",
  config: () =>
    field.object({
      action: field.text("`get`").optional(),
      result_ref: field.json("the reference; usually under `input`").optional(),
      uri: field.json("the same").optional(),
    }),
  keyAliases: { temp_ref: "result_ref" },
  effects: "read",
  resultSummary: "the stored body itself",
  idempotent: true,
  run({ action = "get", result_ref, uri }, call) {
    if (action.toLowerCase() !== "get") {
      return failed("configuration", `artifact: action '${action}' is not available; only 'get' is`, {
        code: "UNSUPPORTED_ACTION",
      });
    }
    const { input } = call;
    return resolveReference(input.result_ref ?? input.temp_ref ?? input.uri ?? result_ref ?? uri, call);
  },
});

/** The same for engines and old playbooks (worker-and-tools §11.12). */
export const resultFetchTool = defineTool({
  kind: "result_fetch",
  summary: "reads a stored result (internal)",
  config: () => field.object({ ref: field.json("the reference").optional() }),
  effects: "read",
  resultSummary: "the stored body itself",
  idempotent: true,
  run: ({ ref }, call) => resolveReference(ref ?? call.input.ref ?? call.input.result_ref, call),
});
