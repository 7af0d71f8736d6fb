import { derivedExpression, reference } from "./expression.ts";
import { type Expression, type Mark, numberPiece, type Piece, piecesOf } from "./marks.ts";
import type { Condition, Tree } from "./tree.ts";

/** A tree as YAML with the expressions of a chart in it. */
export function emitted(tree: Tree, marks: readonly Mark[]): string {
  return `${block(tree, "", marks).join("\n")}\n`;
}

export function whenText(conditions: readonly Condition[]): string {
  const each = conditions.map(({ path, on }) => (on ? reference(path) : `(not ${reference(path)})`));
  const [only = ""] = each;
  if (each.length === 1) return only.replace(/^\((.*)\)$/, "$1");
  return `and ${each.join(" ")}`;
}

function block(tree: Tree, indent: string, marks: readonly Mark[]): string[] {
  if (tree.kind === "map") {
    return grouped(tree.entries).flatMap(({ when, parts }) =>
      wrapped(
        when,
        parts.flatMap(({ key, tree: child }) => placed(`${indent}${keyText(key)}:`, child, `${indent}  `, marks)),
      ),
    );
  }
  if (tree.kind === "list") {
    return grouped(tree.items).flatMap(({ when, parts }) =>
      wrapped(
        when,
        parts.flatMap((part) => item(part.tree, indent, marks)),
      ),
    );
  }
  return [indent + scalar(tree, marks)];
}

/** What stands behind a key or below it. */
function placed(head: string, tree: Tree, indent: string, marks: readonly Mark[]): string[] {
  if (tree.kind === "scalar") {
    const lines = literalLines(tree, marks);
    if (!lines) return [`${head} ${scalar(tree, marks)}`];
    return [`${head} |`, ...lines.map((line) => (line === "" ? "" : indent + line))];
  }
  const empty = tree.kind === "map" ? tree.entries.length === 0 : tree.items.length === 0;
  if (empty) return [`${head} ${tree.kind === "map" ? "{}" : "[]"}`];
  return [head, ...block(tree, indent, marks)];
}

function item(tree: Tree, indent: string, marks: readonly Mark[]): string[] {
  if (tree.kind === "scalar") return [`${indent}- ${scalar(tree, marks)}`];
  const [first, ...rest] = block(tree, `${indent}  `, marks);
  // A dash before a condition would be a list of nothing.
  if (first === undefined || first.startsWith("{{"))
    return [`${indent}-`, ...(first === undefined ? [] : [first]), ...rest];
  return [`${indent}- ${first.slice(indent.length + 2)}`, ...rest];
}

/** Neighbours under the same conditions. */
function grouped<T extends { when: Condition[] }>(parts: readonly T[]): { when: Condition[]; parts: T[] }[] {
  const groups: { when: Condition[]; parts: T[] }[] = [];
  for (const part of parts) {
    const last = groups.at(-1);
    if (last && whenText(last.when) === whenText(part.when)) last.parts.push(part);
    else groups.push({ when: part.when, parts: [part] });
  }
  return groups;
}

function wrapped(when: readonly Condition[], lines: string[]): string[] {
  return when.length === 0 ? lines : [`{{- if ${whenText(when)} }}`, ...lines, "{{- end }}"];
}

/** Scripts and files keep their lines. */
function literalLines(tree: Tree, marks: readonly Mark[]): string[] | undefined {
  if (tree.kind !== "scalar" || tree.otherwise || typeof tree.value !== "string") return undefined;
  if (!/^\S[\s\S]*[^\n]\n$/.test(tree.value) || !tree.value.slice(0, -1).includes("\n")) return undefined;
  return piecesOf(tree.value.slice(0, -1), marks)
    .map((piece) => ("literal" in piece ? escaped(piece.literal) : `{{ ${expression(piece)} }}`))
    .join("")
    .split("\n");
}

function scalar(tree: Tree, marks: readonly Mark[]): string {
  if (tree.kind !== "scalar") throw new TypeError("a scalar was expected");
  const text = valueText(tree.value, marks);
  if (!tree.otherwise) return text;
  const { when, value } = tree.otherwise;
  return `{{ if ${whenText([when])} }}${valueText(value, marks)}{{ else }}${text}{{ end }}`;
}

function valueText(value: unknown, marks: readonly Mark[]): string {
  if (typeof value === "number") {
    const piece = numberPiece(value, marks);
    return piece ? `{{ ${expression(piece)} }}` : String(value);
  }
  if (typeof value !== "string") return JSON.stringify(value);
  const pieces = piecesOf(value, marks);
  const [only] = pieces;
  if (pieces.length === 1 && only && !("literal" in only)) return `{{ ${expression(only)} | quote }}`;
  const inner = pieces.map((piece) =>
    "literal" in piece ? escaped(JSON.stringify(piece.literal).slice(1, -1)) : `{{ ${expression(piece)} }}`,
  );
  return isPlain(value, pieces) ? value : `"${inner.join("")}"`;
}

/** Text that needs no quotes: the same in every reading of YAML. */
function isPlain(value: string, pieces: readonly Piece[]): boolean {
  if (pieces.some((piece) => !("literal" in piece))) return false;
  if (!/^[A-Za-z/][A-Za-z0-9_./-]*$/.test(value)) return false;
  return !/^(true|false|yes|no|on|off|null|y|n)$/i.test(value);
}

const keyText = (key: string): string =>
  /^[A-Za-z][\w./-]*$/.test(key) && !/^(y|n|yes|no|on|off|true|false|null)$/i.test(key) ? key : JSON.stringify(key);

/** Braces that mean themselves. */
const escaped = (text: string): string => text.replaceAll("{{", '{{ "{{" }}');

function expression(piece: Expression): string {
  if ("derived" in piece) return derivedExpression(piece.derived);
  if (piece.plus > 0) return `add ${reference(piece.path)} ${piece.plus}`;
  return piece.number ? `${reference(piece.path)} | int` : reference(piece.path);
}
