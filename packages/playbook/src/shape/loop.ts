import { any, dict, flag, keys, number, type Shape, text, word } from "./shape.ts";

const positive = (description: string): Shape => number(description, { min: 0, code: "E_FRAME_VALUE" });

const frameShape = keys(
  "frames of a cursor loop",
  {
    max_rows: number("rows asked for per claim; 1 by default", { min: 1, integer: true, code: "E_FRAME_VALUE" }),
    max_seconds: positive("start no more rows of a frame after this time; 30 by default"),
    max_bytes: positive("bytes of a frame; 64 MiB by default"),
    lease_seconds: positive("a frame silent for longer is run again; 120 by default"),
    heartbeat_seconds: positive("time between signs of life; 30 by default"),
    row_concurrency: number("rows at a time; 1 by default", { min: 1, integer: true, code: "E_FRAME_VALUE" }),
    process: word(["row", "frame"], "pipeline once a row or once a frame", { code: "E_FRAME_VALUE", templated: true }),
    retry_mode: word(["whole_frame"], "what is run again", { code: "E_FRAME_VALUE", templated: true }),
    max_attempts: number("runs of a frame; 3 by default", { min: 1, integer: true, code: "E_FRAME_VALUE" }),
    verify_ipc: flag("accepted, not used"),
  },
  { code: "E_FRAME_VALUE" },
);

const FAILURE = ["fail_fast", "best_effort"];

/** `failure` stands as a word or as `{mode}` (decision 42). */
export const failureShape: Shape = {
  type: "custom",
  description: "stop at the first failed iteration, or run all",
  check(node, validation) {
    const mode = node.type === "map" ? node.entries.get("mode")?.value : node;
    if (mode !== undefined) validation.validate(mode, word(FAILURE, ""), "policy.failure.mode");
  },
  schema: () => ({
    anyOf: [{ enum: FAILURE }, { type: "object", properties: { mode: { enum: FAILURE } } }],
  }),
};

/** DSL §16.1 */
export const loopShape: Shape = keys(
  "run the step once for each item",
  {
    in: any("list, map, number, or a template that yields one"),
    cursor: keys(
      "rows that are claimed from a database until none is left",
      {
        kind: text("tool that runs the claim; postgres by default"),
        auth: any("credential"),
        claim: text("statement that takes rows and returns them", { min: 1, code: "E_CURSOR_CLAIM" }),
        options: dict("more config of the tool"),
      },
      {
        required: { claim: "E_CURSOR_CLAIM" },
        code: "E_CURSOR_CLAIM",
        legacyKeys: { command: "now 'claim'", query: "now 'claim'" },
      },
    ),
    iterator: text("name of the item", { min: 1, code: "E_LOOP_ITERATOR" }),
    limit: number("items at most", { min: 0, integer: true }),
    spec: keys("how the loop runs", {
      mode: word(["sequential", "parallel", "cursor"], "one after the other (default), or several at a time", {
        code: "E_LOOP_MODE",
      }),
      max_in_flight: number("iterations at a time; 10 by default in parallel", {
        min: 1,
        integer: true,
        code: "E_LOOP_MIF",
      }),
      policy: keys("where it runs and what a failure does", {
        exec: word(["distributed", "local"], "one command an iteration, or all in one command"),
        failure: failureShape,
      }),
      frame: frameShape,
    }),
  },
  {
    id: "loop",
    required: { iterator: "E_LOOP_ITERATOR" },
    legacyKeys: {
      element: "now 'iterator'",
      as: "now 'iterator'",
      item: "now 'iterator'",
      mode: "now 'spec.mode'",
      max_in_flight: "now 'spec.max_in_flight'",
      concurrency: "now 'spec.max_in_flight'",
    },
  },
);
