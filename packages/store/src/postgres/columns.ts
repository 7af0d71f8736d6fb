type Item = string | null;

/** What stands in an array literal as it is; `null` does not. */
const PLAIN = /^(?!null$)[\w.:#@/+-]+$/i;

/** An array literal of PostgreSQL; the driver's own looks four times at each element. */
export function array(items: readonly Item[]): string {
  let text = "{";
  for (const [index, item] of items.entries()) {
    if (index > 0) text += ",";
    if (item === null) text += "NULL";
    else text += PLAIN.test(item) ? item : `"${item.replace(/["\\]/g, "\\$&")}"`;
  }
  return `${text}}`;
}

/**
 * Documents as one text for `string_to_array($1, chr(31), '')`: their many quotes stay as they are. JSON text is never empty
 * and holds no raw control character.
 */
export function documents(items: readonly Item[]): string {
  return items.map((item) => item ?? "").join("\u001f");
}
