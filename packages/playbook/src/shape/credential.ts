import { any, dict, keys, list, type Shape, text } from "./shape.ts";

/** DSL §2.4, as it is stored: `name`, `type`, `data` at the root. */
export const credentialShape: Shape = keys(
  "a stored secret record",
  {
    apiVersion: text("noetl.io/v1 or noetl.io/v2"),
    kind: text("Credential"),
    name: text("name that playbooks use", { min: 1, code: "E_CREDENTIAL" }),
    type: text("postgres, snowflake, nats, bearer, basic, api_key, …; generic by default"),
    data: dict("the secret fields; encrypted at rest and never listed", { code: "E_CREDENTIAL" }),
    description: text("for people"),
    tags: list(text("tag"), "tags, also as text with commas", { orOne: true }),
    meta: dict("more about it"),
    metadata: keys(
      "another place of the name",
      { name: text("name"), labels: any("labels"), path: any() },
      { open: true },
    ),
    spec: keys(
      "another place of type and data",
      { type: text("type"), data: dict("the secret fields") },
      { open: true },
    ),
  },
  { open: true },
);
