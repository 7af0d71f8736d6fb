import { ensureError, type Json, type JsonObject, NoetlError } from "@noetl/core";
import type { StatementAnswer, StatementInput } from "../port/console.ts";
import { checkStatement } from "../sql/one-statement.ts";
import type { Connection } from "./driver.ts";

/** Runs one statement to its end; nothing else happens on the connection meanwhile. Meanings: `terminal` when it fails, `validation` a `$n` without a value. */
export function runStatement(connection: Connection, input: StatementInput): StatementAnswer {
  checkStatement(input.text);
  const { text, values } = positional(input.text, input.parameters ?? []);
  connection.exec(`PRAGMA query_only = ${input.write ? "OFF" : "ON"}`);
  try {
    const statement = connection.prepare(text);
    const rows = statement.all(values.map(encode)).map(decodeRow);
    return { columns: statement.columns() ?? Object.keys(rows[0] ?? {}), rows, row_count: rows.length };
  } catch (error) {
    const cause = ensureError(error);
    throw new NoetlError("terminal", "QUERY_FAILED", cause.message, { cause });
  } finally {
    connection.exec("PRAGMA query_only = OFF");
  }
}

/** `$1` as PostgreSQL has it: to SQLite it would be a name. Each place gets its value; quoted text and comments stay. */
function positional(text: string, parameters: readonly Json[]): { text: string; values: readonly Json[] } {
  const values: Json[] = [];
  const rewritten = text.replaceAll(
    /--[^\n]*|\/\*[\s\S]*?\*\/|'(?:[^']|'')*'|"(?:[^"]|"")*"|\$(\d+)\b/g,
    (whole, number?: string) => {
      if (number === undefined) return whole;
      const value = parameters[Number(number) - 1];
      if (value === undefined) throw new NoetlError("validation", "E_PARAMETERS", `there is no value for $${number}`);
      values.push(value);
      return "?";
    },
  );
  return values.length === 0 ? { text, values: parameters } : { text: rewritten, values };
}

function encode(value: Json): unknown {
  if (typeof value === "boolean") return value ? 1 : 0;
  return value !== null && typeof value === "object" ? JSON.stringify(value) : value;
}

function decodeRow(row: Record<string, unknown>): JsonObject {
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, decode(value)]));
}

/** Integers no JS number holds are text. */
function decode(value: unknown): Json {
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (value instanceof Uint8Array) return Buffer.from(value).toString("base64");
  return value === undefined ? null : (value as Json);
}
