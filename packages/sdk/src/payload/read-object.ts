import { readFile, stat } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { isObject, type JsonObject, NoetlError } from "@noetl/core";
import { parse } from "yaml";

/** Text of a file, or of stdin for `-`. Meaning `not_found` when there is no such file. */
export async function readText(file: string): Promise<string> {
  if (file === "-") return text(process.stdin);
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") {
      throw new NoetlError("not_found", "E_FILE_MISSING", `there is no file ${file}`, { cause: error });
    }
    throw new NoetlError("terminal", "E_FILE_READ", `cannot read ${file}: ${message}`, { cause: error });
  }
}

/**
 * The object that `--payload` means: an object as JSON or YAML, the file of that name, or stdin for `-`. Meanings
 * `validation`, `not_found`.
 */
export async function readPayload(value: string): Promise<JsonObject> {
  if (value === "-" || /\.(json|ya?ml)$/i.test(value)) return parseObject(await readText(value), `--payload ${value}`);
  if (value.trimStart().startsWith("{") || !(await isFile(value))) return parseObject(value, "--payload");
  return parseObject(await readText(value), `--payload ${value}`);
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "";
    if (["ENOENT", "ENOTDIR", "ENAMETOOLONG", "ERR_INVALID_ARG_VALUE"].includes(code)) return false;
    throw error;
  }
}

/** A JSON or YAML object; `where` names the flag or file in the message. Meaning `validation`. */
export function parseObject(source: string, where: string): JsonObject {
  let value: unknown;
  try {
    value = parse(source);
  } catch (error) {
    const reason = error instanceof Error ? error.message.split("\n")[0] : String(error);
    throw new NoetlError("validation", "E_OBJECT", `${where} is neither JSON nor YAML: ${reason}`);
  }
  if (!isObject(value)) {
    throw new NoetlError("validation", "E_OBJECT", `${where} must be an object`, {
      hint: `for example '{"limit": 5}', or a file that holds one`,
    });
  }
  return value as JsonObject;
}
