import { readFile } from "node:fs/promises";
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
      hint: `for example '{"limit": 5}'`,
    });
  }
  return value as JsonObject;
}
