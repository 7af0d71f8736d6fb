/**
 * `text` for people; `json` and `yaml` one document; `ndjson` one JSON object a line and `name` one name a line, of the
 * rows of a list.
 */
export type Format = "text" | "json" | "yaml" | "ndjson" | "name";

/** Words of `--output`; `table` and `text` are the same: for people. */
export const FORMATS = ["table", "text", "json", "yaml", "ndjson", "name"] as const;

/**
 * The format an argument list asks for, read before it is parsed so that parser errors are in that format too.
 * Nothing after `--` counts; `--json` and `-j` are short for `--output json`.
 */
export function requestedFormat(argv: readonly string[]): Format {
  const end = argv.indexOf("--");
  const options = end === -1 ? argv : argv.slice(0, end);
  for (const [index, option] of options.entries()) {
    if (option === "--json" || option === "-j") return "json";
    const value =
      option === "-o" || option === "--output" ? options[index + 1] : /^(?:--output=|-o=?)(.+)$/.exec(option)?.[1];
    if (value === "json" || value === "yaml" || value === "ndjson" || value === "name") return value;
  }
  return "text";
}
