import { compile, compileExpression, type Origin, type Template } from "@noetl/template";
import type { CacheOptions, TemplateCache } from "./api.ts";

type Known = (name: string) => boolean;

/** Compiled templates by source, mode and place. Keeps at most `limit`, and lets go of the oldest. */
export function templateCache(limit = 10_000): TemplateCache {
  const templates = new Map<string, Template>();
  const numbers = new WeakMap<Known, number>();
  let count = 0;
  // templates of `code` fields depend on which names are known
  const numberOf = (known: Known): number => {
    const number = numbers.get(known) ?? ++count;
    numbers.set(known, number);
    return number;
  };
  const cached = (key: string, make: () => Template): Template => {
    const known = templates.get(key);
    if (known) return known;
    const template = make();
    if (templates.size >= limit) {
      const [oldest] = templates.keys();
      if (oldest !== undefined) templates.delete(oldest);
    }
    templates.set(key, template);
    return template;
  };
  return {
    compile(source: string, options: CacheOptions = {}) {
      const { mode = "strict", isKnownRoot, origin } = options;
      const known = mode === "code" && isKnownRoot ? numberOf(isKnownRoot) : "";
      return cached(`${mode}${known}${placeOf(origin)}\u0000${source}`, () => compile(source, options));
    },
    expression(source: string, options: Pick<CacheOptions, "origin"> = {}) {
      return cached(`expression${placeOf(options.origin)}\u0000${source}`, () => compileExpression(source, options));
    },
  };
}

function placeOf(origin: Origin | undefined): string {
  return origin ? `@${origin.file ?? ""}:${origin.line}:${origin.column}` : "";
}
