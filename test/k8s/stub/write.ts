import { isObject } from "@noetl/core";
import { type Answer, conflict, failure } from "./answer.ts";
import type { Stub, Target } from "./api.ts";
import type { Resource } from "./resources.ts";
import { merge, recordUpdate, type Stored, serverSideApply } from "./server-side-apply.ts";

export function write(
  stub: Stub,
  { resource, namespace, name }: Target,
  change: { method: string; object: Stored; dryRun: boolean; manager: string; type: string; force: boolean },
): Answer {
  const { method, object, dryRun, manager, type, force } = change;
  const live = stub.store.get(resource.plural, namespace, name);
  const named = { ...object, metadata: { ...object.metadata, name, ...(resource.namespaced && { namespace }) } };
  let next: Stored;
  if (type === "application/apply-patch+yaml") {
    const applied = serverSideApply(live, named, { manager, force });
    if ("conflicts" in applied) return conflict(applied.conflicts);
    next = applied.object;
  } else if (method === "POST") {
    if (live) return failure(409, "AlreadyExists", `${resource.plural} "${name}" already exists`);
    next = recordUpdate(named, named, manager);
  } else {
    if (!live) return failure(404, "NotFound", `${resource.plural} "${name}" not found`);
    next = recordUpdate(method === "PUT" ? named : (merge(live, object, "") as Stored), named, manager);
  }
  const completed = withDefaults(next, resource);
  const status = live ? 200 : 201;
  return [status, dryRun ? completed : stub.store.put(resource.plural, completed)];
}

/** What the API fills in and others rely on. */
function withDefaults(object: Stored, { kind }: Resource): Stored {
  const spec = isObject(object.spec) ? object.spec : {};
  if (kind === "Namespace") return { ...object, status: { phase: "Active" } };
  if (kind === "StatefulSet")
    return { ...object, spec: { updateStrategy: { type: "RollingUpdate" }, replicas: 1, ...spec } };
  if (kind === "Deployment") return { ...object, spec: { replicas: 1, ...spec } };
  return object;
}

export function remove(stub: Stub, { resource, namespace, name }: Target, dryRun: boolean): Answer {
  const found = dryRun
    ? stub.store.get(resource.plural, namespace, name)
    : stub.store.delete(resource.plural, namespace, name);
  if (!found) return failure(404, "NotFound", `${resource.plural} "${name}" not found`);
  if (!dryRun && resource.kind === "Namespace") {
    for (const { plural } of stub.resources) {
      for (const one of stub.store.list(plural, name)) stub.store.delete(plural, name, String(one.metadata.name));
    }
  }
  return [200, { kind: "Status", apiVersion: "v1", status: "Success" }];
}

export function scale(stub: Stub, target: Target, object: Stored, manager: string): Answer {
  const { resource, namespace, name } = target;
  const live = stub.store.get(resource.plural, namespace, name);
  if (!live) return failure(404, "NotFound", `${resource.plural} "${name}" not found`);
  const replicas = isObject(object.spec) ? object.spec.replicas : undefined;
  const set = { apiVersion: live.apiVersion, kind: live.kind, metadata: { name }, spec: { replicas } };
  const next = recordUpdate(merge(live, set, "") as Stored, set, manager, "scale");
  return [200, scaleOf(stub.store.put(resource.plural, next))];
}

export function scaleOf(object: Stored): object {
  const spec = isObject(object.spec) ? object.spec : {};
  const { name, namespace, resourceVersion, uid } = object.metadata;
  return {
    kind: "Scale",
    apiVersion: "autoscaling/v1",
    metadata: { name, namespace, resourceVersion, uid },
    spec: { replicas: spec.replicas },
    status: { replicas: spec.replicas },
  };
}
