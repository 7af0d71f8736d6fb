import { type Json, NoetlError } from "@noetl/core";

/**
 * `${NAME}` in every text of a value. Meaning `validation` for a variable that is not set: an empty password helps
 * nobody.
 */
export function expandEnvironment(
  value: Json,
  env: { readonly [name: string]: string | undefined },
  where: string,
): Json {
  if (typeof value === "string") {
    return value.replace(/\$\{([A-Za-z_]\w*)\}/g, (_text, name: string) => {
      const found = env[name];
      if (found !== undefined) return found;
      throw new NoetlError("validation", "E_ENVIRONMENT", `${where}: the variable ${name} is not set`);
    });
  }
  if (Array.isArray(value)) return value.map((item) => expandEnvironment(item, env, where));
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, expandEnvironment(item, env, where)]));
}
