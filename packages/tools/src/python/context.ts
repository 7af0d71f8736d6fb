import type { JsonObject } from "@noetl/core";

/**
 * Which names of the run's context the code reads (DSL §7.6): `undefined` none at all, `"all"` when it reads it in a way that does
 * not show the names, else the names.
 */
export function contextNames(code: string, input: JsonObject): "all" | readonly string[] | undefined {
  const names = new Set<string>();
  let reads = false;
  for (const name of ["context", "variables"]) {
    if (name in input || !code.includes(name)) continue;
    const mentions = code.match(new RegExp(`\\b${name}\\b`, "g"))?.length ?? 0;
    if (mentions === 0) continue;
    reads = true;
    const literal = [
      ...code.matchAll(
        new RegExp(`\\b${name}(?:\\.get\\(\\s*|\\[\\s*)(?:'([^'\\\\]*)'|"([^"\\\\]*)")\\s*[\\],)]`, "g"),
      ),
    ];
    if (literal.length !== mentions) return "all";
    for (const match of literal) names.add(match[1] ?? match[2] ?? "");
  }
  const parameters = mainParameters(code);
  if (parameters === "unclear") return "all";
  const missing = parameters.filter((name) => !Object.hasOwn(input, name) && name !== "input_data" && name !== "args");
  if (missing.length > 0) {
    reads = true;
    for (const name of [...missing, "input", "data"]) names.add(name);
  }
  return reads ? [...names] : undefined;
}

/** Names that `main` takes; a parameter may be found in the context when the input lacks it. */
function mainParameters(code: string): readonly string[] | "unclear" {
  const head = /^(?:async[ \t]+)?def[ \t]+main[ \t]*\(([^()]*)(.)/m.exec(code);
  if (!head) return /^(?:async[ \t]+)?def[ \t]+main\b/m.test(code) ? "unclear" : [];
  if (head[2] !== ")") return "unclear";
  return (head[1] ?? "")
    .split(",")
    .map((part) => /^\s*(\w+)/.exec(part)?.[1])
    .filter((name) => name !== undefined);
}
