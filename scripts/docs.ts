/** `npm run docs`: writes what is generated from the commands; `scripts/docs/docs.test.ts` fails when it is stale. */
import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { generatedFiles } from "./docs/pages.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const files = await generatedFiles();
for (const [path, text] of files) {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), text);
}
for (const name of await readdir(join(root, "docs/cli"))) {
  if (!files.has(`docs/cli/${name}`)) await rm(join(root, "docs/cli", name));
}
console.log(`${files.size} files`);
