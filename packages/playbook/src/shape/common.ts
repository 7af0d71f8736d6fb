import { any, dict, keys, list, number, type Shape, text, word } from "./shape.ts";

export const setShape: Shape = dict("variables to write: `ctx.name`, `iter.name`, `step.name`, or a bare name", {
  id: "set",
  code: "E_SET_TYPE",
});

export const timeoutShape = (description: string): Shape => number(description, { min: 0, code: "E_TIMEOUT_VALUE" });

const STORES = ["auto", "memory", "kv", "disk", "object", "s3", "gcs", "db", "duckdb", "eventlog"];

const selectItem: Shape = {
  type: "custom",
  description: "a path into the result, or {path, as}",
  check(node, { report }) {
    if (node.type === "scalar" && typeof node.value === "string" && node.value !== "") return;
    const path = node.type === "map" ? node.entries.get("path")?.value : undefined;
    if (path?.type === "scalar" && typeof path.value === "string" && path.value !== "") return;
    report.error("E_OUTPUT_SELECT", node, "an item of output.select must be a path or {path, as}");
  },
  schema: () => ({
    anyOf: [
      { type: "string", minLength: 1 },
      {
        type: "object",
        properties: { path: { type: "string", minLength: 1 }, as: { type: "string" } },
        required: ["path"],
      },
    ],
  }),
};

/** DSL §21.1 */
export const outputShape: Shape = keys(
  "where the result is stored and which parts of it stay at hand",
  {
    store: keys(
      "backend of large results",
      {
        kind: word(STORES, "backend; auto by default", { code: "E_OUTPUT_STORE" }),
        ttl: number("seconds to keep it", { min: 0 }),
        compression: word(["none", "gzip", "lz4"], "compression", { code: "E_OUTPUT_STORE" }),
        driver: text("driver"),
        bucket: text("bucket"),
        prefix: text("prefix of the key"),
        credential: text("credential name"),
      },
      { code: "E_OUTPUT_STORE", legacy: [{ enum: STORES }] },
    ),
    select: list(selectItem, "parts that are kept inline", { code: "E_OUTPUT_SELECT" }),
    inline_max_bytes: number("largest result that stays in the event; 65536 by default", { min: 0 }),
    preview_max_bytes: number("bytes of the preview; 1024 by default", { min: 0 }),
    scope: word(["step", "execution", "workflow", "permanent"], "how long the result is kept"),
    as: text("another name of the reference"),
    accumulate: keys("how loop results are gathered", {
      enabled: any("true to gather them"),
      strategy: word(["append", "replace", "merge", "concat"], "how parts are put together"),
      merge_path: text("path of the list that is concatenated"),
      manifest_as: text("name of the manifest"),
      on_success: any("gather after success; true by default"),
      on_error: any("gather after an error; false by default"),
      max_items: number("items kept", { min: 0, integer: true }),
    }),
  },
  { id: "output", legacyKeys: { output_select: "now 'select'" } },
);
