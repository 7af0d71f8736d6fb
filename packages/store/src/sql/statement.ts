/** What may stand in a placeholder. Times go in as `at(ms)`, ids as decimal text, JSON as text. */
export type Param = string | number | boolean | null | Uint8Array | readonly string[];

/** SQL text cut at its placeholders; each adapter joins the chunks with its own (`?`, `$1`). */
export interface Statement {
  readonly chunks: readonly string[];
  readonly values: readonly Param[];
}

export type Row = { readonly [column: string]: unknown };

/**
 * A database operation is a generator: it yields statements and is given their rows. SQLite runs one to its end without
 * ever leaving the thread; PostgreSQL awaits each statement on one connection. The operation does not know.
 */
export type Operation<T> = Generator<Statement, T, Row[]>;

function isStatement(value: Param | Statement): value is Statement {
  return typeof value === "object" && value !== null && "chunks" in value;
}

/** Tagged template: `${value}` becomes a placeholder, `${fragment}` is spliced in. */
export function sql(parts: TemplateStringsArray, ...values: (Param | Statement)[]): Statement {
  if (!values.some(isStatement)) return { chunks: parts, values: values as Param[] };
  const chunks: string[] = [parts[0] ?? ""];
  const params: Param[] = [];
  const glue = (text: string) => {
    chunks[chunks.length - 1] += text;
  };
  values.forEach((value, index) => {
    if (isStatement(value)) {
      glue(value.chunks[0] ?? "");
      value.values.forEach((param, at) => {
        params.push(param);
        chunks.push(value.chunks[at + 1] ?? "");
      });
    } else {
      params.push(value);
      chunks.push("");
    }
    glue(parts[index + 1] ?? "");
  });
  return { chunks, values: params };
}

/** Text that is part of the program, never data. */
export function raw(text: string): Statement {
  return { chunks: [text], values: [] };
}

/** `(a, b, c)` for `IN`; an empty list matches nothing. */
export function list(values: readonly Param[]): Statement {
  if (values.length === 0) return raw("(NULL)");
  return { chunks: ["(", ...values.slice(1).map(() => ", "), ")"], values };
}

/** `WHERE a AND b`; nothing for no conditions. */
export function where(conditions: readonly Statement[]): Statement {
  return conditions.reduce(
    (built, condition, index) => (index === 0 ? sql`WHERE ${condition}` : sql`${built} AND ${condition}`),
    raw(""),
  );
}
