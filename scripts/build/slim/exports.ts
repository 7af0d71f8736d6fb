import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** Where a value is made, and its name there. */
export interface Origin {
  file: string;
  name: string;
}

export type Origins = ReadonlyMap<string, Origin>;

const DECLARED = /^export (?:abstract )?(?:async )?(?:function\*?|class|const|let)\s+([\w$]+)/gm;
const LISTED = /^export \{([^}]*)\}(?: from "([^"]+)")?;/gm;
const ALL = /^export \* from "(\.[^"]+)";/gm;

/** What a module of ours exports, followed to the modules that make it. Types are left out. */
export function originsOf(file: string, known: Map<string, Origins>): Origins {
  const found = known.get(file);
  if (found) return found;
  const origins = new Map<string, Origin>();
  known.set(file, origins);
  const source = readFileSync(file, "utf8");
  for (const [, from = ""] of source.matchAll(ALL)) {
    for (const [name, origin] of originsOf(join(dirname(file), from), known)) origins.set(name, origin);
  }
  for (const [, list = "", from] of source.matchAll(LISTED)) {
    const theirs = from?.startsWith(".") ? originsOf(join(dirname(file), from), known) : undefined;
    for (const { name, local } of namesIn(list)) origins.set(local, theirs?.get(name) ?? { file, name: local });
  }
  for (const [, name = ""] of source.matchAll(DECLARED)) origins.set(name, { file, name });
  return origins;
}

/** `a, b as c, type D` without the types. */
export function namesIn(list: string): { name: string; local: string }[] {
  const items = list.split(",").map((item) => item.trim());
  return items
    .filter((item) => item !== "" && !item.startsWith("type "))
    .map((item) => {
      const [name = "", local = name] = item.split(/\s+as\s+/);
      return { name, local };
    });
}
