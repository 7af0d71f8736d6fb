/** `npm run manifests`: writes deploy/k8s; `scripts/manifests/manifests.test.ts` fails when it is stale. */
import { mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { FOLDER, manifestFiles } from "./manifests/files.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const files = manifestFiles();
await rm(join(root, FOLDER), { recursive: true, force: true });
for (const [path, text] of files) {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), text);
}
console.log(`${files.size} files`);
