import type { Json } from "@noetl/core";
import { type Names, type RenderOptions, toText } from "@noetl/template";
import type { TemplateCache } from "./api.ts";

const COMPARISON = /==|!=|<|>|\bin\b/;
const SPAN = /\{\{-?((?:[^"'}]|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\}(?!\}))*?)-?\}\}/g;

/**
 * Legacy conditions that mix text and spans, `{{ a }} == 'x'` (DSL §8.10). Spans are printed and read again as the words of
 * an expression, but as values, not as source: what a span yields cannot change the shape of the condition.
 */
export function evaluateTextCondition(
  templates: TemplateCache,
  source: string,
  names: Names,
  options: RenderOptions,
): unknown {
  const around = source.replace(SPAN, "");
  if (source.includes("{%") || !COMPARISON.test(around)) {
    return templates.compile(source).renderText(names, options);
  }
  const values = new Map<string, Json>();
  const word = (expression: string, asText: boolean): string => {
    const name = `span_${values.size}_`;
    const printed = toText(templates.expression(expression).evaluate(names, options));
    values.set(name, asText ? printed : wordValue(printed));
    return name;
  };
  const expression = substitute(source, word);
  return templates.expression(expression).evaluate(
    // a bare word that is no name stands for itself, as it did when conditions were texts
    { lookup: (name) => (values.has(name) ? values.get(name) : (names.lookup(name) ?? name)) },
    options,
  );
}

/** Spans outside of quotes become names; inside of quotes they become joined texts. */
function substitute(source: string, word: (expression: string, asText: boolean) => string): string {
  let out = "";
  let quote = "";
  for (let i = 0; i < source.length; ) {
    SPAN.lastIndex = i;
    const span = source.startsWith("{{", i) ? SPAN.exec(source) : null;
    if (span && span.index === i) {
      const name = word((span[1] ?? "").trim(), quote !== "");
      out += quote === "" ? ` ${name} ` : `${quote} ~ ${name} ~ ${quote}`;
      i += span[0].length;
      continue;
    }
    const char = source[i] ?? "";
    if (quote === "" && (char === "'" || char === '"')) {
      quote = char;
      out += `(${char}`;
    } else if (char === quote) {
      quote = "";
      out += `${char})`;
    } else out += char;
    i++;
  }
  return out;
}

const WORDS: ReadonlyMap<string, boolean | null> = new Map([
  ["true", true],
  ["false", false],
  ["none", null],
  ["null", null],
]);

/** What a printed value reads as in an expression. */
function wordValue(printed: string): Json {
  const text = printed.trim();
  const literal = WORDS.get(text.toLowerCase());
  if (literal !== undefined) return literal;
  if (/^[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/.test(text) && Number.isFinite(Number(text))) return Number(text);
  const quoted = /^(['"])(.*)\1$/s.exec(text);
  return quoted ? (quoted[2] ?? "") : printed;
}
