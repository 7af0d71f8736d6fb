import { randomUUID } from "node:crypto";
import { isObject } from "@noetl/core";
import type { Stored } from "./server-side-apply.ts";

export interface WatchEvent {
  type: "ADDED" | "MODIFIED" | "DELETED";
  object: Stored;
}

type Listener = (resource: string, event: WatchEvent) => void;

/** Objects by resource, namespace and name, with versions and generations as the API counts them. */
export interface ObjectStore {
  get(resource: string, namespace: string, name: string): Stored | undefined;
  list(resource: string, namespace?: string): Stored[];
  /** Stores; a changed spec makes a new generation unless it is a change of the status. */
  put(resource: string, object: Stored): Stored;
  delete(resource: string, namespace: string, name: string): Stored | undefined;
  watch(listener: Listener): () => void;
}

export function objectStore(): ObjectStore {
  const objects = new Map<string, Stored>();
  const listeners = new Set<Listener>();
  let version = 100;
  const key = (resource: string, namespace: string, name: string) => `${resource}|${namespace}|${name}`;
  const tell = (resource: string, event: WatchEvent) => {
    for (const listener of listeners) listener(resource, event);
  };
  return {
    get: (resource, namespace, name) => objects.get(key(resource, namespace, name)),
    list: (resource, namespace) =>
      [...objects]
        .filter(([id]) => id.startsWith(`${resource}|${namespace === undefined ? "" : `${namespace}|`}`))
        .map(([, object]) => object),
    put(resource, object) {
      const { namespace, name } = object.metadata;
      const id = key(resource, String(namespace ?? ""), String(name));
      const before = objects.get(id);
      const generation = Number(before?.metadata.generation ?? 0);
      const changed = !before || JSON.stringify(before.spec) !== JSON.stringify(object.spec);
      version++;
      const stored = {
        ...object,
        metadata: {
          uid: randomUUID(),
          creationTimestamp: new Date().toISOString(),
          ...object.metadata,
          ...(before && { uid: before.metadata.uid, creationTimestamp: before.metadata.creationTimestamp }),
          resourceVersion: String(version),
          ...(isObject(object.spec) && { generation: changed ? generation + 1 : generation }),
        },
      };
      objects.set(id, stored);
      tell(resource, { type: before ? "MODIFIED" : "ADDED", object: stored });
      return stored;
    },
    delete(resource, namespace, name) {
      const id = key(resource, namespace, name);
      const found = objects.get(id);
      if (!found) return undefined;
      objects.delete(id);
      version++;
      tell(resource, {
        type: "DELETED",
        object: { ...found, metadata: { ...found.metadata, resourceVersion: String(version) } },
      });
      return found;
    },
    watch(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
