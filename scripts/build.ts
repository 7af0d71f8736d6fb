/**
 * `npm run build`: the JavaScript of `@noetl/cli` under dist/cli — one ESM bundle, split at every lazy import, with
 * everything but what must stay outside. Fails when it is larger than the budget (architecture §8).
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { sizeText } from "./build/size.ts";
import { buildWrapper } from "./build/wrapper.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const { files, size } = await buildWrapper({ root, out: join(root, "dist", "cli") });
console.log(`dist/cli: ${files} files, ${sizeText(size)}`);
