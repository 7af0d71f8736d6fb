import type { JsonObject } from "@noetl/core";
import { childText } from "../read/node.ts";
import { timeoutShape } from "./common.ts";
import { policyShape } from "./rule.ts";
import { any, dict, flag, keys, list, number, type Shape, text, word } from "./shape.ts";
import { stepShape } from "./step.ts";

const words = (description: string): Shape => list(text("one"), description, { orOne: true });

/** DSL §4 */
const metadataShape: Shape = keys(
  "what the document is called; never rendered",
  {
    name: text("display name", { min: 1, code: "E_META_NAME" }),
    path: text("catalog path: a/b/c", { code: "E_PATH" }),
    version: any("informational; the catalog counts its own versions"),
    description: text("for people"),
    labels: dict("labels", { values: text("value") }),
    tags: words("tags"),
    capabilities: words("capabilities"),
    exposed_in_ui: any("offer it in the launcher"),
    exposes_as_mcp: any("false hides it from MCP clients"),
    agent: any("mark it as an agent"),
  },
  { id: "metadata", code: "E_META_NAME", required: { name: "E_META_NAME" }, open: true },
);

const limit = (description: string): Shape => number(description, { min: 1, integer: true, code: "E_TIMEOUT_VALUE" });

/** DSL §5 */
const executorShape: Shape = keys(
  "where and under which limits the playbook runs",
  {
    profile: text("local, distributed or auto (default)"),
    version: text("contract of the runtime; noetl-runtime/1"),
    kind: text("execution pool"),
    requires: keys("what the runtime must have", {
      tools: words("tool kinds"),
      features: words("features"),
    }),
    spec: keys("entry, end, limits", {
      entry_step: text("the first step; else the one named 'start', else the first", { code: "E_ENTRY_STEP" }),
      final_step: text("runs once at the very end, after success and failure", { code: "E_FINAL_STEP" }),
      no_next_is_error: flag("a router in which no arc holds fails the run"),
      policy: keys("defaults and limits", {
        defaults: keys(
          "defaults of `tool.spec`",
          { policy: policyShape, timeout_seconds: timeoutShape("limit of an attempt") },
          { open: true },
        ),
        results: dict("defaults of `output`"),
        limits: keys("upper bounds", {
          max_steps: limit("step runs"),
          max_iterations: limit("iterations of a loop"),
          max_in_flight: limit("iterations at a time"),
          timeout_seconds: timeoutShape("wall clock of the run"),
        }),
      }),
      pool: text("execution pool"),
      kind: text("execution pool"),
    }),
  },
  { id: "executor" },
);

const KEYCHAIN_KINDS = [
  ...["secrets", "secret_manager", "oauth2", "google_id_token", "bearer", "static"],
  ...["credential", "credential_ref", "google_oauth", "google_service_account"],
];

/** DSL §9.1 */
const keychainShape: Shape = keys(
  "one named set of secrets: keychain.<name>.<field>",
  {
    name: text("name", { min: 1, code: "E_KEYCHAIN_NAME" }),
    kind: word(KEYCHAIN_KINDS, "where the secret comes from", { code: "E_KEYCHAIN_KIND" }),
    scope: word(["local", "global", "shared"], "who else gets it", { code: "E_KEYCHAIN_SCOPE" }),
    auto_renew: flag("refresh it before it ends"),
    ttl_seconds: number("how long it is kept", { min: 0 }),
  },
  {
    id: "keychain",
    code: "E_KEYCHAIN_NAME",
    required: { name: "E_KEYCHAIN_NAME", kind: "E_KEYCHAIN_KIND" },
    open: true,
    legacyKeys: { type: "now 'kind'" },
  },
);

const workbookSchema: JsonObject = {
  description: "reusable tool definitions",
  anyOf: [
    {
      type: "array",
      items: { type: "object", properties: { name: { type: "string" }, desc: { type: "string" }, tool: {} } },
    },
    { type: "object" },
    { type: "null" },
  ],
};

/** Checked before anything else, when the kind of the document is told (`document/kind.ts`). */
function head(description: string, words: readonly string[]): Shape {
  const known = { enum: [...words] };
  return {
    type: "custom",
    description,
    check: () => {},
    schema: ({ strict }) => (strict ? known : { anyOf: [known, { type: "string" }] }),
  };
}

/** DSL §3 */
export const playbookShape: Shape = keys(
  "a workflow",
  {
    apiVersion: head("noetl.io/v2", ["noetl.io/v2", "noetl.io/v10"]),
    kind: head("what the document is", ["Playbook", "Agent"]),
    metadata: metadataShape,
    executor: executorShape,
    workload: dict("default inputs of a run", { code: "E_WORKLOAD_TYPE" }),
    keychain: list(keychainShape, "secrets", { code: "E_KEYCHAIN_NAME" }),
    workbook: { type: "custom", check: () => {}, schema: () => workbookSchema },
    workflow: list(stepShape, "the steps", {
      min: 1,
      code: "E_WORKFLOW_EMPTY",
      minMessage: "workflow must contain at least one step",
      scope: (item) => ({ step: item.type === "map" ? childText(item, "step") : undefined }),
    }),
    tracing: any("not used"),
    spec: dict("legacy constants, read as spec.*"),
    vars: dict("legacy initial values of ctx"),
  },
  {
    required: { metadata: "E_META_NAME", workflow: "E_WORKFLOW_EMPTY" },
    legacyKeys: { input: "now 'workload'" },
  },
);
