import type { Cursor, Frame, Loop } from "../model.ts";
import { child, childMap, childText, type MapNode, type Node } from "../read/node.ts";
import { defined, json, jsonMap, type Lowering, numeric, oneOf } from "./value.ts";

const MODES = ["sequential", "parallel", "cursor"] as const;
const FAILURES = ["fail_fast", "best_effort"] as const;

/** DSL §16. Both or neither source, and a mode that does not fit it, are told by the checks. */
export function lowerLoop(node: Node | undefined, lowering: Lowering): Loop | undefined {
  if (node?.type !== "map") return undefined;
  const spec = childMap(node, "spec");
  const policy = childMap(spec, "policy");
  const cursor = childMap(node, "cursor");
  const source = cursor ? { cursor: lowerCursor(cursor, lowering) } : { in: json(child(node, "in"), lowering) ?? null };
  lowering.trace.field(source, "in", child(node, "in"));
  const loop = defined<Loop>({
    source,
    iterator: childText(node, "iterator") ?? "item",
    mode: oneOf(childText(spec, "mode"), MODES) ?? (cursor ? "cursor" : "sequential"),
    max_in_flight: numeric(child(spec, "max_in_flight")),
    exec: oneOf(childText(policy, "exec"), ["distributed", "local"] as const) ?? "distributed",
    failure: lowerFailure(child(policy, "failure")),
    limit: numeric(child(node, "limit")),
    frame: cursor ? lowerFrame(childMap(spec, "frame")) : undefined,
  });
  lowering.trace.whole(loop, node);
  lowering.trace.field(loop, "max_in_flight", child(spec, "max_in_flight"));
  lowering.trace.field(loop, "iterator", child(node, "iterator"));
  return loop;
}

/** `fail_fast`, or `{mode: fail_fast}` (decision 42) */
export function lowerFailure(node: Node | undefined): "fail_fast" | "best_effort" | undefined {
  const mode =
    node?.type === "map" ? childText(node, "mode") : node?.type === "scalar" ? String(node.value) : undefined;
  return oneOf(mode, FAILURES);
}

function lowerCursor(map: MapNode, lowering: Lowering): Cursor {
  const cursor = defined<Cursor>({
    kind: (childText(map, "kind") ?? "postgres").toLowerCase(),
    auth: json(child(map, "auth"), lowering),
    claim: childText(map, "claim") ?? "",
    options: jsonMap(child(map, "options"), lowering) ?? {},
  });
  lowering.trace.whole(cursor, map);
  return cursor;
}

function lowerFrame(map: MapNode | undefined): Frame {
  return defined<Frame>({
    max_rows: numeric(child(map, "max_rows")),
    max_seconds: numeric(child(map, "max_seconds")),
    max_bytes: numeric(child(map, "max_bytes")),
    lease_seconds: numeric(child(map, "lease_seconds")),
    heartbeat_seconds: numeric(child(map, "heartbeat_seconds")),
    row_concurrency: numeric(child(map, "row_concurrency")),
    process: childText(map, "process") === "frame" ? "frame" : "row",
    max_attempts: numeric(child(map, "max_attempts")),
  });
}
