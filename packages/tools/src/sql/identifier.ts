/** `"name"`, whatever is in the name. Throws on names no database takes. */
export function quoteIdentifier(name: string): string {
  if (name === "" || name.includes("\0")) throw new RangeError("an identifier must not be empty or hold NUL");
  return `"${name.replaceAll('"', '""')}"`;
}

/** `schema.table` (parts may be quoted, and then may hold dots) → `"schema"."table"`. */
export function quoteQualified(name: string): string {
  const parts = [...name.matchAll(/\s*(?:"((?:[^"]|"")*)"|([^".]+))\s*(\.|$)/gy)];
  const length = parts.reduce((sum, part) => sum + part[0].length, 0);
  if (length !== name.length || parts.length === 0 || parts.at(-1)?.[3] === ".") {
    throw new RangeError(`'${name}' is not a table name`);
  }
  return parts
    .map(([, quoted, plain]) => quoteIdentifier(quoted?.replaceAll('""', '"') ?? plain?.trim() ?? ""))
    .join(".");
}

/** `'text'` as a standard SQL literal. Only for places where a parameter is not allowed (ATTACH, CREATE SECRET). */
export function quoteLiteral(text: string): string {
  if (text.includes("\0")) throw new RangeError("SQL text must not hold NUL");
  return `'${text.replaceAll("'", "''")}'`;
}
