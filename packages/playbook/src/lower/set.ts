import type { SetEntry } from "../model.ts";
import { keyOf, type MapNode, type Node } from "../read/node.ts";
import type { Lowering } from "./value.ts";

const SCOPES = ["ctx", "iter", "step", "vars"] as const;
const READ_ONLY = new Set(["workload", "keychain", "output", "env", "execution_id"]);

/**
 * Assignments of one `set` block in written order (DSL §15.2). A bare name is local in a task and a `ctx` variable
 * everywhere else. Targets that cannot be written are reported and left out.
 */
export function lowerSet(node: Node | undefined, at: "task" | "rule" | "step" | "arc", lowering: Lowering): SetEntry[] {
  if (node?.type !== "map") return [];
  const entries: SetEntry[] = [];
  for (const [target, { value }] of node.entries) {
    const place = targetOf(target, node, at, lowering);
    if (place === undefined) continue;
    const sequential = at === "task" || place.scope === "vars";
    const entry: SetEntry = { ...place, value: lowering.trace.json(value), sequential };
    lowering.trace.field(entry, "value", value);
    entries.push(entry);
  }
  return entries;
}

function targetOf(
  target: string,
  map: MapNode,
  at: "task" | "rule" | "step" | "arc",
  { report }: Lowering,
): Pick<SetEntry, "scope" | "path"> | undefined {
  const where = keyOf(map, target);
  const segments = target.split(".");
  const [first = "", ...rest] = segments;
  if ((READ_ONLY.has(first) && rest.length > 0) || target === "execution_id") {
    report.error("E_SET_READONLY", where, `'${target}' cannot be written`, "write ctx.<name> instead");
    return undefined;
  }
  const scope = SCOPES.find((word) => word === first);
  if (segments.some((segment) => segment.trim() === "") || (scope !== undefined && rest.length === 0)) {
    report.error(
      "E_SET_TARGET",
      where,
      `'${target}' names no variable`,
      "write ctx.<name>, iter.<name> or step.<name>",
    );
    return undefined;
  }
  if (scope !== undefined) return { scope, path: rest };
  return { scope: at === "task" ? "local" : "ctx", path: segments };
}
