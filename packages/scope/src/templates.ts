import { compile, compileExpression, type Origin, type Template } from "@noetl/template";
import type { CacheOptions, TemplateCache } from "./api.ts";

type Known = (name: string) => boolean;

/** Compiled templates by source, mode and place. Keeps about `limit` of them, and lets go of the oldest. */
export function templateCache(limit = 10_000): TemplateCache {
  const variants = new Map<string, Map<string, Template>>();
  const numbers = new WeakMap<Known, number>();
  let count = 0;
  let size = 0;

  // templates of `code` fields depend on which names are known
  const numberOf = (known: Known): number => {
    const number = numbers.get(known) ?? ++count;
    numbers.set(known, number);
    return number;
  };
  const variantOf = (name: string): Map<string, Template> => {
    const variant = variants.get(name) ?? new Map<string, Template>();
    variants.set(name, variant);
    return variant;
  };
  const makeRoom = (): void => {
    for (const [name, variant] of variants) {
      const [oldest] = variant.keys();
      if (oldest !== undefined) {
        variant.delete(oldest);
        size--;
        return;
      }
      variants.delete(name);
    }
  };
  const cached = (name: string, source: string, make: () => Template): Template => {
    const known = variants.get(name)?.get(source);
    if (known) return known;
    const template = make();
    if (size >= limit) makeRoom();
    variantOf(name).set(source, template);
    size++;
    return template;
  };

  return {
    compile(source: string, options: CacheOptions = {}) {
      const { mode = "strict", isKnownRoot, origin } = options;
      const known = mode === "code" && isKnownRoot ? numberOf(isKnownRoot) : "";
      const name = origin || known !== "" ? `${mode}${known}${placeOf(origin)}` : mode;
      return cached(name, source, () => compile(source, options));
    },
    expression(source: string, options: Pick<CacheOptions, "origin"> = {}) {
      return cached(`expression${placeOf(options.origin)}`, source, () => compileExpression(source, options));
    },
  };
}

function placeOf(origin: Origin | undefined): string {
  return origin ? `@${origin.file ?? ""}:${origin.line}:${origin.column}` : "";
}
