/** Python's `split`: without a separator at runs of blanks; at most `max` cuts when `max` ≥ 0. */
export function split(text: string, separator: string | undefined, max: number): string[] {
  if (separator === undefined) return splitBlanks(text, max);
  if (max < 0) return text.split(separator);
  const out: string[] = [];
  let from = 0;
  while (out.length < max) {
    const at = text.indexOf(separator, from);
    if (at < 0) break;
    out.push(text.slice(from, at));
    from = at + separator.length;
  }
  out.push(text.slice(from));
  return out;
}

function splitBlanks(text: string, max: number): string[] {
  const bare = text.trimStart();
  if (bare === "") return [];
  if (max < 0) return bare.trimEnd().split(/\s+/);
  const out: string[] = [];
  let rest = bare;
  while (out.length < max) {
    const blank = /\s+/.exec(rest);
    if (!blank) break;
    out.push(rest.slice(0, blank.index));
    rest = rest.slice(blank.index + blank[0].length);
  }
  if (rest !== "") out.push(rest);
  return out;
}

/** As `split`, cutting from the end. */
export function lastSplit(text: string, separator: string | undefined, max: number): string[] {
  if (max < 0) return split(text, separator, max);
  const reverse = (part: string) => Array.from(part).reverse().join("");
  const back = separator === undefined ? undefined : reverse(separator);
  return split(reverse(text), back, max).map(reverse).reverse();
}

export function partition(text: string, separator: string, last: boolean): string[] {
  const at = separator === "" ? -1 : last ? text.lastIndexOf(separator) : text.indexOf(separator);
  if (at < 0) return last ? ["", "", text] : [text, "", ""];
  return [text.slice(0, at), separator, text.slice(at + separator.length)];
}
