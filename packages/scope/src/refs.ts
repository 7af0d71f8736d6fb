import type { Json } from "@noetl/core";
import { looksLikeTemplate, type RefPath } from "@noetl/template";
import type { CacheOptions, TemplateCache } from "./api.ts";

/**
 * What the templates of a tree read (DSL §8.11), in order of appearance. Spans that do not parse are passed over unless
 * another mode is asked for; then this throws TemplateError.
 */
export function refsOf(
  tree: Json,
  templates: TemplateCache,
  options: CacheOptions = { mode: "verbatim" },
): { refs: RefPath[]; deferred: boolean } {
  const found = new Map<string, RefPath>();
  let deferred = false;
  const visit = (node: Json): void => {
    if (typeof node === "string") {
      if (!looksLikeTemplate(node)) return;
      const template = templates.compile(node, options);
      deferred ||= template.deferred;
      for (const path of template.refs) found.set(path.join("\u0000"), path);
    } else if (Array.isArray(node)) node.forEach(visit);
    else if (typeof node === "object" && node !== null) {
      for (const [key, value] of Object.entries(node)) {
        visit(key);
        visit(value);
      }
    }
  };
  visit(tree);
  return { refs: [...found.values()], deferred };
}
