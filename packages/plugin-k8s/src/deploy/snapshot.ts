import { isObject } from "@noetl/core";
import { type Kubectl, type KubeObject, objectsOf } from "../cluster/kubectl.ts";
import { FIELD_MANAGER } from "./apply.ts";
import { applied } from "./managed-fields.ts";
import { keyOf, stream } from "./objects.ts";

/** The cluster before a change. */
export interface Snapshot {
  /** `keyOf` → the object as it was */
  live: ReadonlyMap<string, KubeObject>;
}

export async function takeSnapshot(kubectl: Kubectl, objects: readonly KubeObject[]): Promise<Snapshot> {
  const found = await kubectl.json(["get", "--ignore-not-found", "--show-managed-fields", "-f", "-"], {
    input: stream(objects),
  });
  return { live: new Map(objectsOf(found).map((object) => [keyOf(object), object])) };
}

/**
 * What we had applied to an object before: the fields that server-side apply says are ours. Undefined when none are, so
 * that it cannot be put back.
 */
export function previous(object: KubeObject): KubeObject | undefined {
  const entries = Array.isArray(object.metadata.managedFields) ? object.metadata.managedFields.filter(isObject) : [];
  const own = entries.find(({ manager, operation }) => manager === FIELD_MANAGER && operation === "Apply");
  if (!own || !isObject(own.fieldsV1)) return undefined;
  const fields = applied(object, own.fieldsV1) as KubeObject;
  const { name, namespace } = object.metadata;
  return {
    ...fields,
    apiVersion: object.apiVersion,
    kind: object.kind,
    metadata: { ...fields.metadata, name, ...(namespace !== undefined && { namespace }) },
  };
}
