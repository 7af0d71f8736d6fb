import type { ServerResponse } from "node:http";
import { isObject } from "@noetl/core";
import type { Target } from "./api.ts";
import { groupVersionOf } from "./resources.ts";
import type { Stored } from "./server-side-apply.ts";
import type { ObjectStore } from "./store.ts";

/** The list of a collection, with label and field selectors. */
export function answerList(store: ObjectStore, { resource, namespace }: Target, url: URL): object {
  const items = store
    .list(resource.plural, namespace === "" ? undefined : namespace)
    .filter((object) => selected(object, url));
  return {
    kind: `${resource.kind}List`,
    apiVersion: groupVersionOf(resource),
    metadata: { resourceVersion: "1" },
    items,
  };
}

/** A watch: what is there now, then every change, until the other side has enough. */
export function streamChanges(
  store: ObjectStore,
  { resource, namespace }: Target,
  url: URL,
  response: ServerResponse,
): void {
  response.writeHead(200, { "content-type": "application/json" });
  response.flushHeaders();
  const send = (type: string, object: Stored) => {
    const wanted = (namespace === "" || object.metadata.namespace === namespace) && selected(object, url);
    if (wanted) response.write(`${JSON.stringify({ type, object })}\n`);
  };
  for (const object of store.list(resource.plural)) send("ADDED", object);
  const unwatch = store.watch((plural, { type, object }) => {
    if (plural === resource.plural) send(type, object);
  });
  response.on("close", unwatch);
}

function selected(object: Stored, url: URL): boolean {
  const labels = isObject(object.metadata.labels) ? object.metadata.labels : {};
  const wanted = (url.searchParams.get("labelSelector") ?? "").split(/,(?![^(]*\))/).filter((one) => one !== "");
  const fields = (url.searchParams.get("fieldSelector") ?? "").split(",").filter((one) => one !== "");
  return wanted.every((one) => hasLabel(labels, one)) && fields.every((one) => hasField(object, one));
}

/** `a=b`, `a!=b`, `a in (b,c)`, `a`. */
function hasLabel(labels: Record<string, unknown>, requirement: string): boolean {
  const among = /^(\S+) in \((.*)\)$/.exec(requirement);
  if (among) return (among[2] ?? "").split(",").includes(String(labels[among[1] ?? ""]));
  const [name = "", operator, value] = requirement.split(/(!=|==|=)/);
  if (operator === undefined) return name in labels;
  return operator === "!=" ? labels[name] !== value : labels[name] === value;
}

function hasField(object: Stored, requirement: string): boolean {
  const [path = "", value] = requirement.split(/==|=/);
  const found = path.split(".").reduce<unknown>((at, key) => (isObject(at) ? at[key] : undefined), object);
  return found === value;
}
