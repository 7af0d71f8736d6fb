import type { Json } from "@noetl/core";

/**
 * An array literal as PostgreSQL prints it → nested lists: `{1,NULL,"a,\"b"}`, `{{1},{2}}`, `[0:1]={1,2}`.
 * `element` turns the text of one element into its value; `delimiter` is `;` for boxes.
 */
export function parseArray(text: string, element: (text: string) => Json, delimiter = ","): Json {
  let at = text.startsWith("[") ? text.indexOf("=") + 1 : 0;

  const list = (): Json[] => {
    const items: Json[] = [];
    at++;
    while (at < text.length && text.charAt(at) !== "}") {
      items.push(text.charAt(at) === "{" ? list() : item());
      if (text.charAt(at) === delimiter) at++;
    }
    at++;
    return items;
  };

  const item = (): Json => {
    if (text.charAt(at) === '"') return element(quoted());
    const start = at;
    while (at < text.length && text.charAt(at) !== delimiter && text.charAt(at) !== "}") at++;
    const bare = text.slice(start, at);
    return bare === "NULL" ? null : element(bare);
  };

  const quoted = (): string => {
    let value = "";
    for (at++; at < text.length && text.charAt(at) !== '"'; at++) {
      if (text.charAt(at) === "\\") at++;
      value += text.charAt(at);
    }
    at++;
    return value;
  };

  return text.charAt(at) === "{" ? list() : text;
}

/** Lists → the array literal that PostgreSQL reads; every element is quoted, so nothing in it can be taken for syntax. */
export function formatArray(items: readonly Json[]): string {
  const elements = items.map((item) => {
    if (item === null) return "NULL";
    if (Array.isArray(item)) return formatArray(item);
    const text = typeof item === "object" ? JSON.stringify(item) : String(item);
    return `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
  });
  return `{${elements.join(",")}}`;
}
