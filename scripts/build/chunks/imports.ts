/** A static import as esbuild prints it when it minifies. */
export interface Import {
  /** the whole statement, with its semicolon */
  text: string;
  from: string;
  /** `import a from` */
  asDefault: string | undefined;
  /** `import * as a from` */
  asAll: string | undefined;
  /** imported name → local name */
  names: readonly (readonly [name: string, local: string])[];
}

const NAME = "[\\w$]+";
const STATEMENT = new RegExp(
  `(?<=^|[;}\\n])import(?: ?(?:(${NAME}),?)?(?:\\*as (${NAME})|\\{([^{}"']*)\\})? ?from)?"([^"\\n]+)";`,
  "g",
);

/** Every static import of a chunk, in order. */
export function importsOf(code: string): Import[] {
  return [...code.matchAll(STATEMENT)].map(([text, asDefault, asAll, list = "", from = ""]) => ({
    text,
    from,
    asDefault,
    asAll,
    names: list.split(",").filter(Boolean).map(pair),
  }));
}

function pair(item: string): readonly [string, string] {
  const [name = "", local = name] = item.split(" as ");
  return [name, local];
}

/** The statement for an import; empty for one that names nothing. */
export function importText({ from, asDefault, asAll, names }: Omit<Import, "text">): string {
  const list = names.map(([name, local]) => (name === local ? name : `${name} as ${local}`)).join(",");
  const parts = [asDefault, asAll && `*as ${asAll}`, list && `{${list}}`].filter(Boolean);
  return parts.length === 0 ? `import"${from}";` : `import ${parts.join(",")} from"${from}";`;
}
