import { isObject, type JsonObject, NoetlError } from "@noetl/core";
import { parseAllDocuments } from "yaml";

export interface CredentialInput {
  name: string;
  type: string;
  data: JsonObject;
  description?: string;
  tags?: string[];
  meta?: JsonObject;
}

/**
 * Credentials of one JSON or YAML text (DSL §2.4): fields at the root, or under `metadata` and `spec` when `kind` is
 * Credential; a list or several documents hold several. Meaning `validation`; messages never quote the text, it is secret.
 */
export function parseCredentials(
  text: string,
  where: string,
  overrides: { name?: string | undefined; type?: string | undefined } = {},
): CredentialInput[] {
  const documents = parseAllDocuments(text, { logLevel: "silent" });
  if ("empty" in documents) throw malformed(where, "it is empty");
  const values = documents.flatMap((document) => {
    if (document.errors.length > 0) throw malformed(where, "it is neither JSON nor YAML");
    const value: unknown = document.toJS();
    return Array.isArray(value) ? value : [value];
  });
  if (values.length > 1 && overrides.name !== undefined) throw malformed(where, "--name fits a single credential only");
  return values.map((value) => credentialOf(value, where, overrides));
}

function credentialOf(
  value: unknown,
  where: string,
  overrides: { name?: string | undefined; type?: string | undefined },
) {
  if (!isObject(value)) throw malformed(where, "it is not an object");
  const metadata = isObject(value.metadata) ? value.metadata : {};
  const spec = isObject(value.spec) ? value.spec : {};
  const name = overrides.name ?? value.name ?? metadata.name;
  if (typeof name !== "string" || name.trim() === "") throw malformed(where, "it has no 'name'");
  const data = value.data ?? spec.data;
  if (!isObject(data)) throw malformed(where, `'${name}' has no object 'data'`);
  const description = value.description ?? metadata.description;
  const meta = value.meta ?? spec.meta;
  const tags = tagsOf(value.tags ?? metadata.tags);
  return {
    name,
    type: String(overrides.type ?? value.type ?? spec.type ?? "generic"),
    data: data as JsonObject,
    ...(typeof description === "string" && { description }),
    ...(tags && { tags }),
    ...(isObject(meta) && { meta: meta as JsonObject }),
  };
}

function tagsOf(value: unknown): string[] | undefined {
  const list = typeof value === "string" ? value.split(",") : Array.isArray(value) ? value.map(String) : undefined;
  return list?.map((tag) => tag.trim()).filter((tag) => tag !== "");
}

function malformed(where: string, why: string): NoetlError {
  return new NoetlError("validation", "E_CREDENTIAL", `${where} cannot be used as a credential: ${why}`, {
    hint: `write {"name": "pg", "type": "postgres", "data": {"db_host": "…"}}`,
  });
}
