/**
 * `npm run pack [-- --all | --js | NAME…]`: the packages as they are published, as tarballs under dist/pack: `@noetl/cli`
 * and the package of each platform named, by default the one of this machine; `--js` makes no binary.
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { packAll } from "./pack/pack.ts";
import { platformsAsked } from "./platforms-asked.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const out = join(root, "dist", "pack");
const platforms = platformsAsked(process.argv.slice(2));
await packAll({ root, out, platforms, note: (text) => console.log(text) });
