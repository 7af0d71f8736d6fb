import type { Json } from "@noetl/core";
import { type Line, line } from "./line.ts";

const LINES = 5_000;
const TEXT = 2_000;

/** JSON as indented lines, keys apart from values; long texts keep their own lines. */
export function jsonLines(value: Json, indent = ""): Line[] {
  const lines: Line[] = [];
  add(value, indent, [], "");
  return lines.length < LINES ? lines : [...lines.slice(0, LINES), line([`${indent}…`, { dim: true }])];

  function add(node: Json, pad: string, lead: Line, tail: string): void {
    if (lines.length >= LINES) return;
    if (typeof node === "string" && /\n./.test(node)) {
      lines.push([...line(pad), ...lead, ...line(["|", { dim: true }])]);
      for (const text of node.slice(0, TEXT * 10).split("\n")) lines.push(line(`${pad}  ${text}`));
      return;
    }
    if (node === null || typeof node !== "object") {
      lines.push([...line(pad), ...lead, ...scalar(node), ...line(tail)]);
      return;
    }
    const entries: [Line, Json][] = Array.isArray(node)
      ? node.map((item) => [[], item])
      : Object.entries(node).map(([key, item]) => [line([key, { color: "cyan" }], ": "), item]);
    const [open, close] = Array.isArray(node) ? ["[", "]"] : ["{", "}"];
    if (entries.length === 0) {
      lines.push([...line(pad), ...lead, ...line(`${open}${close}${tail}`)]);
      return;
    }
    lines.push([...line(pad), ...lead, ...line([open, { dim: true }])]);
    for (const [key, item] of entries) add(item, `${pad}  `, key, "");
    lines.push(line(pad, [`${close}${tail}`, { dim: true }]));
  }
}

function scalar(value: string | number | boolean | bigint | null): Line {
  if (typeof value === "string") return line([JSON.stringify(value.slice(0, TEXT)), { color: "green" }]);
  return line([String(value), { color: "yellow" }]);
}
