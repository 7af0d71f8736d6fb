const KEYWORD = "if|range|with|define|template|block|else\\s+if|else\\s+with";
const FOREIGN = new RegExp(`^-?\\s*(?:[.$]|(?:${KEYWORD})\\s+[.$])`);
const CLOSING = new RegExp(`^-?\\s*(?:(?:end|else|break|continue)\\s*-?$|else\\s|(?:${KEYWORD})\\s)`);

/** Does the text behind `{{` begin as a Go template action does (decision 29)? */
export function isForeignSpan(source: string, at: number): boolean {
  return FOREIGN.test(source.slice(at, at + 80));
}

/** A string in which some span is Go's is a Go template as a whole. */
export function isForeignTemplate(source: string): boolean {
  for (let i = source.indexOf("{{"); i >= 0; i = source.indexOf("{{", i + 2)) {
    if (isForeignSpan(source, i + 2)) return true;
  }
  return false;
}

/** In a Go template also `end`, `else`, and actions whose keyword no expression can begin with. */
export function isForeignAction(source: string, at: number): boolean {
  const [body = ""] = source.slice(at, at + 80).split("}}", 1);
  return isForeignSpan(source, at) || CLOSING.test(body);
}
