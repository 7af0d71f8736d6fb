import type { JsonObject } from "@noetl/core";
import { knownKinds } from "./kinds/known.ts";
import type { Profile } from "./report/report.ts";
import { credentialShape } from "./shape/credential.ts";
import { jsonSchema } from "./shape/json-schema.ts";
import { playbookShape } from "./shape/playbook.ts";
import type { ToolCatalog } from "./tool-spec.ts";

/**
 * JSON Schema (draft 2020-12) of playbooks, made from the shapes that validate them, with the config of every tool kind.
 * `strict` knows the current language alone; `default` also accepts old forms and marks them deprecated.
 */
export function playbookSchema(profile: Profile = "default", tools: ToolCatalog = knownKinds): JsonObject {
  return jsonSchema(playbookShape, { strict: profile === "strict", tools, title: "NoETL playbook" });
}

/** JSON Schema (draft 2020-12) of credential documents (DSL §2.4). */
export function credentialSchema(): JsonObject {
  return jsonSchema(credentialShape, { strict: false, tools: knownKinds, title: "NoETL credential" });
}
