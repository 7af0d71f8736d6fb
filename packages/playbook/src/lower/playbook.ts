import type { JsonObject } from "@noetl/core";
import type { Executor, KeychainEntry, Metadata, Playbook } from "../model.ts";
import { child, childMap, childText, define, type MapNode, type Node, textOf } from "../read/node.ts";
import { lowerStep } from "./step.ts";
import { boolean, defined, jsonMap, type Lowering, numeric, oneOf, words } from "./value.ts";

/** The model of a canonical tree. Parts that do not fit their shape are left out: their errors are told already. */
export function lowerPlaybook(root: MapNode, kind: "Playbook" | "Agent", outer: Lowering): Playbook {
  const lowering: Lowering = { ...outer, defaultPolicy: defaultPolicyOf(root) };
  const workflow = child(root, "workflow");
  const keychain = child(root, "keychain");
  const playbook = defined<Playbook>({
    apiVersion: "noetl.io/v2",
    kind,
    metadata: lowerMetadata(childMap(root, "metadata"), lowering),
    executor: lowerExecutor(childMap(root, "executor"), lowering),
    workload: jsonMap(child(root, "workload"), lowering) ?? {},
    keychain: keychain?.type === "list" ? keychain.items.flatMap((entry) => lowerKeychain(entry, lowering)) : [],
    spec: jsonMap(child(root, "spec"), lowering),
    vars: jsonMap(child(root, "vars"), lowering),
    workflow:
      workflow?.type === "list"
        ? workflow.items.flatMap((step, index) => (step.type === "map" ? [lowerStep(step, index, lowering)] : []))
        : [],
  });
  lowering.trace.whole(playbook, root);
  return playbook;
}

function defaultPolicyOf(root: MapNode): MapNode | undefined {
  const spec = childMap(childMap(root, "executor"), "spec");
  return childMap(childMap(childMap(spec, "policy"), "defaults"), "policy");
}

function lowerMetadata(map: MapNode | undefined, lowering: Lowering): Metadata {
  const name = childText(map, "name") ?? "";
  const metadata: Metadata = { ...jsonMap(map, lowering), name, path: childText(map, "path") ?? name };
  const labels = childMap(map, "labels");
  if (labels) {
    metadata.labels = Object.fromEntries([...labels.entries].map(([key, entry]) => [key, textOf(entry.value) ?? ""]));
  }
  for (const key of ["tags", "capabilities"]) {
    const node = child(map, key);
    if (node) metadata[key] = words(node);
  }
  return metadata;
}

function lowerExecutor(map: MapNode | undefined, lowering: Lowering): Executor {
  const spec = childMap(map, "spec");
  const policy = childMap(spec, "policy");
  const requires = childMap(map, "requires");
  const limits = childMap(policy, "limits");
  return {
    profile: oneOf(childText(map, "profile"), ["local", "distributed", "auto"] as const) ?? "auto",
    version: childText(map, "version") ?? "noetl-runtime/1",
    requires: { tools: words(child(requires, "tools")), features: words(child(requires, "features")) },
    spec: defined<Executor["spec"]>({
      entry_step: childText(spec, "entry_step"),
      final_step: childText(spec, "final_step"),
      no_next_is_error: boolean(child(spec, "no_next_is_error")) ?? false,
      policy: {
        defaults: jsonMap(child(policy, "defaults"), lowering) ?? {},
        results: jsonMap(child(policy, "results"), lowering) ?? {},
        limits: defined<Executor["spec"]["policy"]["limits"]>({
          max_steps: numeric(child(limits, "max_steps")),
          max_iterations: numeric(child(limits, "max_iterations")),
          max_in_flight: numeric(child(limits, "max_in_flight")),
          timeout_seconds: numeric(child(limits, "timeout_seconds")),
        }),
      },
      pool: childText(spec, "pool") ?? childText(spec, "kind") ?? childText(map, "kind"),
    }),
  };
}

const OTHER_NAMES: { readonly [kind: string]: string } = {
  secret_manager: "secrets",
  credential_ref: "credential",
};
const KEYCHAIN_KEYS = new Set(["name", "kind", "scope", "auto_renew", "ttl_seconds"]);

function lowerKeychain(node: Node, lowering: Lowering): KeychainEntry[] {
  if (node.type !== "map") return [];
  const kind = childText(node, "kind") ?? "";
  const ttl = numeric(child(node, "ttl_seconds"));
  const config: JsonObject = {};
  lowering.trace.whole(config, node);
  for (const [key, entry] of node.entries) {
    if (!KEYCHAIN_KEYS.has(key)) define(config, key, lowering.trace.json(entry.value));
  }
  const entry = defined<KeychainEntry>({
    name: childText(node, "name") ?? "",
    kind: OTHER_NAMES[kind] ?? kind,
    scope: oneOf(childText(node, "scope"), ["local", "global", "shared"] as const) ?? "local",
    auto_renew: boolean(child(node, "auto_renew")) ?? false,
    ttl_seconds: typeof ttl === "number" ? ttl : undefined,
    config,
  });
  lowering.trace.whole(entry, node);
  return [entry];
}
