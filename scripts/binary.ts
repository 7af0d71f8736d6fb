/**
 * `npm run binary [-- --all | NAME…]`: the binaries under dist/binary/NAME, by default the one of this machine. Each is
 * checked by its header and, where this machine can, by running it. Buns come from npm packages and stay in a cache.
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { makeBinaries } from "./binary/make.ts";
import { PLATFORMS, platformHere } from "./platforms.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const { values, positionals } = parseArgs({ allowPositionals: true, options: { all: { type: "boolean" } } });
const wanted = positionals.length > 0 ? positionals : [platformHere()?.name ?? ""];
const platforms = PLATFORMS.filter(({ name }) => values.all || wanted.includes(name));
const unknown = wanted.filter((name) => !PLATFORMS.some((platform) => platform.name === name));
if (unknown.length > 0 || platforms.length === 0) {
  throw new Error(`no such platform: ${unknown.join(", ")}; there are ${PLATFORMS.map(({ name }) => name).join(", ")}`);
}
for await (const { platform, bytes, sha256, ran } of makeBinaries({
  root,
  out: join(root, "dist", "binary"),
  platforms,
})) {
  const size = `${(bytes / 1_048_576).toFixed(0)} MiB`;
  const how = ran
    ? `runs as ${ran.version} on ${ran.runtime.name} ${ran.runtime.version}`
    : "header checked, not run here";
  console.log(`${platform.name.padEnd(16)} ${size.padStart(8)}  ${sha256.slice(0, 16)}  ${how}`);
}
