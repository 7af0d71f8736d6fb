import { parseArgs } from "node:util";
import { PLATFORMS, type Platform, platformHere } from "./platforms.ts";

/** Platforms of a command line: `--all`, `--js` (none), names; the one of this machine when nothing is said. */
export function platformsAsked(argv: readonly string[]): readonly Platform[] {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: { all: { type: "boolean" }, js: { type: "boolean" } },
  });
  if (values.js) return [];
  if (values.all) return PLATFORMS;
  if (positionals.length > 0) return positionals.map(named);
  const here = platformHere();
  if (!here) throw new Error(`there is no binary for ${process.platform}-${process.arch}; say which: ${names()}`);
  return [here];
}

function named(name: string): Platform {
  const found = PLATFORMS.find((platform) => platform.name === name);
  if (!found) throw new Error(`no such platform: ${name}; there are ${names()}`);
  return found;
}

const names = () => PLATFORMS.map(({ name }) => name).join(", ");
