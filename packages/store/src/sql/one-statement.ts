import { NoetlError } from "@noetl/core";

/** Statements about the transaction or the connection itself: those are ours. */
const REFUSED =
  /^(attach|detach|pragma|begin|start|commit|end|abort|rollback|savepoint|release|vacuum|prepare|deallocate|discard)\b/i;

/** Meaning `validation`: more than one statement, none, or one about the connection. */
export function checkStatement(text: string): void {
  const statements = withoutLiterals(text)
    .split(";")
    .map((part) => part.trim())
    .filter((part) => part !== "");
  if (statements.length !== 1) {
    const found = statements.length === 0 ? "no statement" : `${statements.length} statements`;
    throw new NoetlError("validation", "E_STATEMENT", `one statement at a time; this is ${found}`);
  }
  const word = REFUSED.exec(statements[0] ?? "")?.[0];
  if (word !== undefined)
    throw new NoetlError("validation", "E_STATEMENT", `${word.toUpperCase()} is not allowed here`);
}

function withoutLiterals(text: string): string {
  return text
    .replace(/--[^\n]*/g, " ")
    .replace(/\/\*[\s\S]*?\*\//g, " ")
    .replace(/\$(\w*)\$[\s\S]*?\$\1\$/g, "''")
    .replace(/'(?:[^']|'')*'/g, "''")
    .replace(/"(?:[^"]|"")*"/g, '""');
}
