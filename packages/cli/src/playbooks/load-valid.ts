import { loadText } from "@noetl/runner";
import { readText } from "@noetl/sdk/payload";
import { createRegistry } from "@noetl/tools";

/** A valid playbook from a file or `-`. Meanings: `not_found`, `validation` (InvalidPlaybook). */
export async function loadValid(file: string) {
  const registry = createRegistry();
  const shown = file === "-" ? "stdin" : file;
  return { ...loadText(await readText(file), { file: null, shown, registry }), registry };
}
