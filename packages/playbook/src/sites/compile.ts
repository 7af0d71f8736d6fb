import { compile, compileExpression, looksLikeTemplate, type Template } from "@noetl/template";
import type { Site } from "./sites.ts";

/** The template of a site, compiled as its position wants it (DSL §8.4, §8.8, §8.10). Throws TemplateError. */
export function compileSite(site: Site, isKnownRoot: (name: string) => boolean): Template | undefined {
  if (site.use === "cond" && !looksLikeTemplate(site.text)) return compileExpression(site.text);
  if (!looksLikeTemplate(site.text)) return undefined;
  switch (site.use) {
    case "code":
      return compile(site.text, { mode: "code", isKnownRoot });
    case "verbatim":
      return compile(site.text, { mode: "verbatim" });
    default:
      return compile(site.text, { mode: "strict" });
  }
}
