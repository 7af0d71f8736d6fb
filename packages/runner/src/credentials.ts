import { readFile } from "node:fs/promises";
import { isObject, type JsonObject, NoetlError } from "@noetl/core";
import type { Credential } from "@noetl/tools";
import { parse } from "yaml";
import type { Host } from "./options.ts";

/** Decision 33: upper case, everything but A–Z and 0–9 becomes `_`. */
export function credentialVariable(name: string): string {
  return `NOETL_CREDENTIAL_${name.toUpperCase().replace(/[^A-Z0-9]/g, "_")}`;
}

/** `{type, data}` as JSON or YAML. Meaning `validation` when it is neither. `where` names the source, never its content. */
export function parseCredential(name: string, text: string, where: string): Credential {
  let value: unknown;
  try {
    value = parse(text);
  } catch {
    // The parser's message quotes the text, which is a secret.
    throw malformed(name, where, "it is neither JSON nor YAML");
  }
  if (!isObject(value)) throw malformed(name, where, "it is not an object");
  const spec = isObject(value.spec) ? value.spec : {};
  const data = value.data ?? spec.data;
  if (!isObject(data)) throw malformed(name, where, "it has no object 'data'");
  const type = value.type ?? spec.type ?? "generic";
  return { name, type: String(type), data: data as JsonObject };
}

function malformed(name: string, where: string, why: string): NoetlError {
  return new NoetlError("validation", "E_CREDENTIAL", `credential '${name}' from ${where} cannot be used: ${why}`, {
    hint: `write {"type": "postgres", "data": {"db_host": "…"}}`,
  });
}

/** By name: `--credential`, environment, local store, server (decision 33). Meaning `not_found` when nobody knows it. */
export async function findCredential(host: Host, name: string): Promise<Credential> {
  const given = host.credentials?.[name];
  if (given) return given;
  const variable = credentialVariable(name);
  const text = host.env[variable];
  if (text !== undefined && text !== "") {
    if (!text.startsWith("@")) return parseCredential(name, text, variable);
    const file = text.slice(1);
    try {
      return parseCredential(name, await readFile(file, "utf8"), file);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
      throw new NoetlError("not_found", "CREDENTIAL_NOT_FOUND", `${variable} names ${file}, which does not exist`, {
        cause: error,
      });
    }
  }
  const stored = await host.store.credentials.get(name);
  if (stored) return { name, type: stored.type, data: stored.data };
  const remote = await host.remoteCredential?.(name);
  if (remote) return remote;
  throw new NoetlError("not_found", "CREDENTIAL_NOT_FOUND", `there is no credential '${name}'`, {
    hint: `set ${variable}, or store it: noetl credential register FILE`,
  });
}
