import { existsSync, globSync, readFileSync } from "node:fs";
import { join } from "node:path";

const ROOT = join(import.meta.dirname, "../../../../../shared/fixtures");

/** Real playbooks beside the repository; `undefined` where that folder is missing, as in a user's clone. */
export function fixtureFiles(): { name: string; text: string }[] | undefined {
  if (!existsSync(ROOT)) return undefined;
  return globSync("{playbooks,automation}/**/*.yaml", { cwd: ROOT })
    .sort()
    .map((name) => ({ name, text: readFileSync(join(ROOT, name), "utf8") }));
}
