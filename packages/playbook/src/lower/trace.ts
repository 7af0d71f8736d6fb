import type { Json } from "@noetl/core";
import { type Node, toJson } from "../read/node.ts";

/** Remembers which node each part of the model was made from, so that checks on the model can point into the text. */
export interface Trace {
  /** Plain JSON of a node; every container in it can be found again. */
  json(node: Node): Json;
  /** The field `key` of `holder` was made from `node`. */
  field(holder: object, key: string | number, node: Node | undefined): void;
  /** `holder` as a whole was made from `node`. */
  whole(holder: object, node: Node): void;
  at(holder: object, key: string | number): Node | undefined;
  of(holder: object): Node | undefined;
}

export function makeTrace(): Trace {
  const nodes = new WeakMap<object, Node>();
  const fields = new WeakMap<object, Map<string | number, Node>>();
  return {
    json: (node) => toJson(node, (made, from) => nodes.set(made, from)),
    whole: (holder, node) => void nodes.set(holder, node),
    of: (holder) => nodes.get(holder),
    field(holder, key, node) {
      if (node === undefined) return;
      const known = fields.get(holder) ?? new Map<string | number, Node>();
      known.set(key, node);
      fields.set(holder, known);
    },
    at(holder, key) {
      const named = fields.get(holder)?.get(key);
      if (named !== undefined) return named;
      const node = nodes.get(holder);
      if (node?.type === "map") return node.entries.get(String(key))?.value;
      return node?.type === "list" ? node.items[Number(key)] : undefined;
    },
  };
}
