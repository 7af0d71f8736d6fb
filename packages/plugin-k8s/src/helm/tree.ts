import { isObject } from "@noetl/core";

/** When a part is there: a value that is switched on, or off. */
export interface Condition {
  path: string;
  on: boolean;
}

/** An object of which parts are there under conditions. */
export type Tree =
  | { kind: "scalar"; value: unknown; otherwise?: { when: Condition; value: unknown } }
  | { kind: "list"; items: { when: Condition[]; tree: Tree }[] }
  | { kind: "map"; entries: { key: string; when: Condition[]; tree: Tree }[] };

export function treeOf(value: unknown): Tree {
  if (Array.isArray(value)) return { kind: "list", items: value.map((each) => ({ when: [], tree: treeOf(each) })) };
  if (!isObject(value)) return { kind: "scalar", value };
  const entries = Object.entries(value).filter(([, each]) => each !== undefined);
  return { kind: "map", entries: entries.map(([key, each]) => ({ key, when: [], tree: treeOf(each) })) };
}

/**
 * The tree, told what the object is when a value is switched off: what is missing then has a condition, what is there only
 * then has the opposite one.
 */
export function varied(tree: Tree, off: unknown, path: string): Tree {
  if (tree.kind === "map" && isObject(off)) {
    const present = Object.entries(off).filter(([, each]) => each !== undefined);
    const entries = tree.entries.map((entry) => {
      if (isOther(entry)) return entry;
      const other = present.find(([key]) => key === entry.key);
      return other ? { ...entry, tree: varied(entry.tree, other[1], path) } : under(entry, { path, on: true });
    });
    const added = present.filter(([key]) => !tree.entries.some((entry) => entry.key === key));
    return { kind: "map", entries: [...entries, ...added.map(([key, each]) => only(key, each, path))] };
  }
  if (tree.kind === "list" && Array.isArray(off)) {
    const left = [...(off as unknown[])];
    const items = tree.items.map((item) => {
      if (isOther(item)) return item;
      const at = left.findIndex((each) => identity(treeOf(each)) === identity(item.tree));
      if (at === -1) return under(item, { path, on: true });
      const [other] = left.splice(at, 1);
      return { ...item, tree: varied(item.tree, other, path) };
    });
    const added = left.map((each) => ({ when: [{ path, on: false }], tree: treeOf(each) }));
    return { kind: "list", items: [...items, ...added] };
  }
  if (tree.kind === "scalar" && tree.value !== off) {
    return { ...tree, otherwise: { when: { path, on: false }, value: off } };
  }
  return tree;
}

const only = (key: string, value: unknown, path: string) => ({ key, when: [{ path, on: false }], tree: treeOf(value) });

function under<T extends { when: Condition[] }>(part: T, condition: Condition): T {
  return { ...part, when: [...part.when, condition] };
}

/** There only when another value is off; what this one means for it nobody has looked at. */
const isOther = ({ when }: { when: Condition[] }): boolean => when.some(({ on }) => !on);

/** Items of a list are the same when they have the same name, else when they are equal. */
function identity(tree: Tree): string {
  if (tree.kind !== "map") return JSON.stringify(tree);
  const name = tree.entries.find((entry) => entry.key === "name");
  return JSON.stringify(name?.tree ?? tree);
}
