import { loadText } from "@noetl/runner";
import type { Environment } from "@noetl/sdk";
import { readText } from "@noetl/sdk/payload";
import { openRegistry } from "../plugins/tool-registry.ts";

/** A valid playbook from a file or `-`. Meanings: `not_found`, `validation` (InvalidPlaybook). */
export async function loadValid(file: string, env: Environment) {
  const registry = await openRegistry(env);
  const shown = file === "-" ? "stdin" : file;
  return { ...loadText(await readText(file), { file: null, shown, registry }), registry };
}
