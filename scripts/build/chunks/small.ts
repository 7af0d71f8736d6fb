import { basename, dirname, resolve } from "node:path";
import { importsOf } from "./imports.ts";
import type { Chunks } from "./join.ts";

const SMALL = 2_500;

/** Built-in modules that every command has loaded. */
const CHEAP = new Set(["node:path", "node:fs", "node:fs/promises", "node:os", "node:url", "node:util", "node:process"]);

/**
 * Shared chunks that are small and need nothing but each other and `loaded`: as one file they weigh less than the
 * statements that tie them together.
 */
export function smallChunks(chunks: Chunks, loaded: ReadonlySet<string>): Set<string> {
  const small = new Set(
    [...chunks].filter(([path, { length }]) => isShared(path) && length < SMALL).map(([path]) => path),
  );
  const isHere = (path: string, from: string) =>
    from.startsWith(".") ? [small, loaded].some((set) => set.has(resolve(dirname(path), from))) : CHEAP.has(from);
  for (let before = -1; before !== small.size; ) {
    before = small.size;
    for (const path of small) {
      if (!importsOf(chunks.get(path) ?? "").every(({ from }) => isHere(path, from))) small.delete(path);
    }
  }
  return small;
}

/** esbuild names what several entry points share after none of them. */
const isShared = (path: string) => /^chunk-[A-Z0-9]+\.js$/.test(basename(path));
