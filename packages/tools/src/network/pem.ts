import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { NoetlError } from "@noetl/core";

/** Certificates and keys are given as PEM text or as the path of a file, relative to `directory`. */
export async function readPem(value: string, directory: string): Promise<string> {
  if (value.includes("-----BEGIN")) return value;
  const path = resolve(directory, value);
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    throw new NoetlError("validation", "CONFIG_INVALID", `cannot read the certificate or key ${path}`, {
      cause: error,
    });
  }
}
