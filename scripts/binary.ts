/**
 * `npm run binary [-- --all | NAME…]`: the binaries as dist/binary/NAME/noetl, by default the one of this machine. Each
 * is checked by its header and, where this machine can, by running it. Buns come from npm packages and stay in a cache.
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { makeBinaries } from "./binary/make.ts";
import { platformsAsked } from "./platforms-asked.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const out = join(root, "dist", "binary");
for await (const made of makeBinaries({ root, out, platforms: platformsAsked(process.argv.slice(2)) })) {
  const { platform, bytes, sha256, ran } = made;
  const size = `${(bytes / 1_048_576).toFixed(0)} MiB`;
  const how = ran
    ? `runs as ${ran.version} on ${ran.runtime.name} ${ran.runtime.version}`
    : "header checked, not run here";
  console.log(`${platform.name.padEnd(16)} ${size.padStart(8)}  ${sha256.slice(0, 16)}  ${how}`);
}
