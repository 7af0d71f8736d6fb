import type { Json, JsonObject } from "@noetl/core";
import { looksLikeTemplate, type Names, type RenderOptions } from "@noetl/template";
import type { CacheOptions, TemplateCache, TreeOptions } from "./api.ts";

/**
 * Renders the strings of a tree once; what comes out is not rendered again (DSL §8.9). A whole expression gives its native
 * value. Throws TemplateError, and NeedBody when the body of a stored result is needed first.
 */
export function renderTree(templates: TemplateCache, tree: Json, names: Names, options: TreeOptions): Json {
  const { position, skipDeferred = false, deferredAs, keys = false, isKnownRoot, origin, ...render } = options;
  if (position === "none") return tree;
  const compileOptions: CacheOptions = {
    mode: position === "verbatim" || position === "code" ? position : "strict",
    ...(isKnownRoot ? { isKnownRoot } : {}),
    ...(origin ? { origin } : {}),
  };
  const renderOptions: RenderOptions = { undefinedAs: position === "data" ? "null" : "text", ...render };
  const template = (source: string) => templates.compile(source, compileOptions);
  const visit = (node: Json): Json => {
    if (typeof node === "string") {
      if (!looksLikeTemplate(node)) return node;
      const compiled = template(node);
      if (compiled.deferred && (skipDeferred || deferredAs !== undefined)) return deferredAs ?? node;
      return compiled.render(names, renderOptions) as Json;
    }
    if (Array.isArray(node)) return node.map(visit);
    return typeof node === "object" && node !== null ? visitMap(node) : node;
  };
  const visitMap = (map: JsonObject): JsonObject =>
    // `fromEntries` defines properties: `__proto__` is a key like others
    Object.fromEntries(Object.entries(map).map(([key, value]) => [keys ? visitKey(key) : key, visit(value)]));
  const visitKey = (key: string): string => {
    if (!looksLikeTemplate(key)) return key;
    const compiled = template(key);
    return skipDeferred && compiled.deferred ? key : compiled.renderText(names, renderOptions);
  };
  return visit(tree);
}
