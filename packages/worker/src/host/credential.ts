import { readFile } from "node:fs/promises";
import { isObject, type JsonObject, NoetlError, parseJson } from "@noetl/core";
import type { Credential } from "@noetl/tools";

/**
 * A credential that this machine brings along: `NOETL_CREDENTIAL_<NAME>` with JSON `{type, data}` or `@FILE` (decision 33).
 * Undefined when there is none; meaning `validation` when it cannot be read. Errors name the variable, never its text.
 */
export async function credentialFromEnvironment(
  env: { readonly [name: string]: string | undefined },
  name: string,
): Promise<Credential | undefined> {
  const variable = `NOETL_CREDENTIAL_${name.toUpperCase().replace(/[^A-Z0-9]/g, "_")}`;
  const given = env[variable];
  if (given === undefined || given === "") return undefined;
  const text = given.startsWith("@") ? await readFile(given.slice(1), "utf8") : given;
  const value = parsed(text);
  if (!isObject(value) || !isObject(value.data)) {
    throw new NoetlError("validation", "E_CREDENTIAL", `${variable} is not JSON with an object 'data'`, {
      hint: `write {"type": "postgres", "data": {"db_host": "…"}}`,
    });
  }
  return { name, type: String(value.type ?? "generic"), data: value.data as JsonObject };
}

function parsed(text: string): unknown {
  try {
    return parseJson(text);
  } catch (error) {
    // The parser's message quotes the text, which is a secret.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
