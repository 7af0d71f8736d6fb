import assert from "node:assert/strict";
import { test } from "node:test";
import type { KubeObject } from "../cluster/kubectl.ts";
import { profiles } from "../config/index.ts";
import { removalOf } from "../remove/remove.ts";
import { applied } from "./managed-fields.ts";
import { keyOf, nameOf, objects, type Workload } from "./objects.ts";
import { isHopeless, isReady, podsOf, troubleOf, troubleText } from "./pods.ts";
import { previous } from "./snapshot.ts";
import { stagesOf } from "./stages.ts";

test("the part of an object that a set of fields names", () => {
  const object = {
    metadata: { labels: { a: "1", b: "2" } },
    spec: {
      replicas: 3,
      containers: [
        {
          name: "x",
          image: "i",
          env: [
            { name: "A", value: "1" },
            { name: "B", value: "2" },
          ],
        },
        { name: "sidecar", image: "s" },
      ],
      args: ["one", "two"],
      finalizers: ["keep", "drop"],
    },
  };
  const fields = {
    "f:metadata": { "f:labels": { ".": {}, "f:a": {} } },
    "f:spec": {
      "f:args": {},
      "f:containers": {
        'k:{"name":"x"}': { ".": {}, "f:image": {}, "f:env": { 'k:{"name":"B"}': { ".": {}, "f:value": {} } } },
      },
      "f:finalizers": { 'v:"keep"': {} },
      "f:gone": {},
    },
  };
  assert.deepEqual(applied(object, fields), {
    metadata: { labels: { a: "1" } },
    spec: {
      args: ["one", "two"],
      containers: [{ name: "x", image: "i", env: [{ name: "B", value: "2" }] }],
      finalizers: ["keep"],
    },
  });
});

test("what we had applied before; nothing of an object that others made", () => {
  const of = (manager: string, operation: string) => ({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: {
      name: "x",
      namespace: "n",
      uid: "1",
      managedFields: [{ manager, operation, fieldsV1: { "f:data": { "f:a": {} } } }],
    },
    data: { a: "1", b: "2" },
  });
  assert.deepEqual(previous(of("noetl", "Apply")), {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "x", namespace: "n" },
    data: { a: "1" },
  });
  assert.equal(previous(of("noetl", "Update")), undefined);
  assert.equal(previous(of("helm", "Apply")), undefined);
});

test("stages: namespaces, what does not run and the stores, the schema, server and workers", () => {
  const stages = stagesOf(objects(profiles.development));
  const kinds = (all: readonly KubeObject[]) => [...new Set(all.map(({ kind }) => kind))];
  assert.deepEqual(kinds(stages.namespaces), ["Namespace"]);
  assert.deepEqual(kinds(stages.migration), ["Job"]);
  assert.deepEqual(kinds(stages.workloads), ["Deployment"]);
  assert.equal(kinds(stages.foundation).includes("StatefulSet"), true);
  const all = Object.values(stages).flat();
  assert.equal(all.length, objects(profiles.development).length);
});

test("a removal leaves volumes, Secrets, stores and namespaces, and takes as much more as it is told", () => {
  const all = objects(profiles.development);
  const kindsOf = (options: { purgeData: boolean; withDeps: boolean }) =>
    new Set(removalOf(all, options).goes.map(({ kind }) => kind));
  const plain = kindsOf({ purgeData: false, withDeps: false });
  for (const kind of ["Secret", "PersistentVolumeClaim", "StatefulSet", "Namespace"])
    assert.equal(plain.has(kind), false, kind);
  for (const kind of ["Deployment", "Service", "Role", "ConfigMap"]) assert.equal(plain.has(kind), true, kind);
  const deps = kindsOf({ purgeData: false, withDeps: true });
  assert.equal(deps.has("StatefulSet"), true);
  assert.equal(deps.has("Secret"), false);
  const purge = kindsOf({ purgeData: true, withDeps: false });
  assert.equal(purge.has("Secret"), true);
  assert.equal(purge.has("Namespace"), false);
  const { goes, stays } = removalOf(all, { purgeData: true, withDeps: true });
  assert.equal(goes.length, all.length);
  assert.deepEqual(stays, []);
});

const pod = (status: object, labels = { app: "x" }, image = "i:2"): KubeObject => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name: "x-1", namespace: "n", labels },
  spec: { containers: [{ name: "c", image }] },
  status,
});

test("what keeps a pod from being ready, in the words of Kubernetes", () => {
  const waiting = (reason: string, message: string, more: object = {}) =>
    pod({
      phase: "Pending",
      containerStatuses: [
        { name: "c", ready: false, restartCount: 0, state: { waiting: { reason, message } }, ...more },
      ],
    });
  const said = (one: KubeObject) => {
    const trouble = troubleOf(one);
    return trouble && troubleText(trouble);
  };
  assert.equal(said(waiting("ContainerCreating", "")), undefined);
  assert.equal(said(waiting("ImagePullBackOff", "Back-off pulling")), "x-1/c: ImagePullBackOff: Back-off pulling");
  const crashed = { restartCount: 4, lastState: { terminated: { exitCode: 137, reason: "OOMKilled" } } };
  assert.equal(
    said(waiting("CrashLoopBackOff", "back-off", crashed)),
    "x-1/c: CrashLoopBackOff: back-off; it ended with exit code 137 (OOMKilled), started 5 times",
  );
  const nowhere = { type: "PodScheduled", status: "False", reason: "Unschedulable", message: "0/1 nodes" };
  assert.equal(said(pod({ phase: "Pending", conditions: [nowhere] })), "x-1: Unschedulable: 0/1 nodes");
  const ended = [{ name: "c", ready: false, restartCount: 0, state: { terminated: { exitCode: 1, reason: "Error" } } }];
  assert.equal(said(pod({ phase: "Running", containerStatuses: ended })), "x-1/c: Error: it ended with exit code 1");
  assert.equal(
    said(pod({ phase: "Running", containerStatuses: [{ name: "c", ready: true, state: { running: {} } }] })),
    undefined,
  );
  assert.equal(
    said(pod({ phase: "Failed", reason: "Evicted", message: "low on memory" })),
    "x-1: Evicted: low on memory",
  );
  assert.equal(isReady(pod({ conditions: [{ type: "Ready", status: "True" }] })), true);
  const never = troubleOf(waiting("ErrImageNeverPull", ""));
  assert.equal(never && isHopeless(never), true);
  const back = troubleOf(waiting("ImagePullBackOff", ""));
  assert.equal(back && isHopeless(back), false);
});

test("pods of an older revision are not those a roll-out waits for", () => {
  const workload: Workload = {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "x", namespace: "n" },
    spec: {
      selector: { matchLabels: { app: "x" } },
      template: { spec: { containers: [{ name: "c", image: "i:2" }] } },
    },
  };
  const pods = [pod({}), pod({}, { app: "x" }, "i:1"), pod({}, { app: "y" })];
  assert.deepEqual(podsOf(workload, pods), [pods[0]]);
  assert.equal(nameOf(workload), "deployment/x");
  assert.equal(keyOf(workload), "Deployment/n/x");
});
