import assert from "node:assert/strict";
import { test } from "node:test";
import { ScaledObject } from "@kubernetes-models/keda/keda.sh/v1alpha1/ScaledObject";
import { Deployment } from "kubernetes-models/apps/v1/Deployment";
import { StatefulSet } from "kubernetes-models/apps/v1/StatefulSet";
import { Job } from "kubernetes-models/batch/v1/Job";
import { Ingress } from "kubernetes-models/networking.k8s.io/v1/Ingress";
import { NetworkPolicy } from "kubernetes-models/networking.k8s.io/v1/NetworkPolicy";
import { PodDisruptionBudget } from "kubernetes-models/policy/v1/PodDisruptionBudget";
import { Role } from "kubernetes-models/rbac.authorization.k8s.io/v1/Role";
import { RoleBinding } from "kubernetes-models/rbac.authorization.k8s.io/v1/RoleBinding";
import { ConfigMap } from "kubernetes-models/v1/ConfigMap";
import { Namespace } from "kubernetes-models/v1/Namespace";
import { PersistentVolumeClaim } from "kubernetes-models/v1/PersistentVolumeClaim";
import { Secret } from "kubernetes-models/v1/Secret";
import { Service } from "kubernetes-models/v1/Service";
import { ServiceAccount } from "kubernetes-models/v1/ServiceAccount";
import { parseAllDocuments } from "yaml";
import { keysSecret, type Manifest, manifests } from "./index.ts";
import { yamlStream } from "./print.ts";
import { VARIANTS, variant } from "./testing/variants.ts";

type Model = new (data: never) => { validate(): void };

const MODELS: { readonly [kind in Manifest["kind"]]: Model } = {
  Namespace,
  ServiceAccount,
  Role,
  RoleBinding,
  ConfigMap,
  Secret,
  PersistentVolumeClaim,
  Service,
  NetworkPolicy,
  StatefulSet,
  Job,
  Deployment,
  PodDisruptionBudget,
  Ingress,
  ScaledObject,
};

/** The schemas of Kubernetes and KEDA; they do not know which keys there are not. */
function validate(manifest: Manifest): void {
  try {
    new MODELS[manifest.kind](manifest as never).validate();
  } catch (error) {
    throw new Error(`${manifest.kind} ${manifest.metadata?.name}`, { cause: error });
  }
}

for (const each of VARIANTS) {
  test(`${each.name}: every object is one of Kubernetes or KEDA, also after it was printed and read`, () => {
    const objects = manifests(variant(each));
    for (const manifest of objects) validate(manifest);
    const read = parseAllDocuments(yamlStream(objects)).map((document) => document.toJS() as Manifest);
    assert.deepEqual(read, JSON.parse(JSON.stringify(objects)));
    for (const manifest of read) validate(manifest);
  });

  test(`${each.name}: the same again, each name once, in an order that can be applied`, () => {
    const objects = manifests(variant(each));
    assert.deepEqual(manifests(variant(each)), objects);
    const names = objects.map(({ kind, metadata }) => `${kind} ${metadata?.namespace} ${metadata?.name}`);
    assert.deepEqual([...new Set(names)], names);
    for (const { kind, metadata } of objects) {
      assert.match(metadata?.name ?? "", /^[a-z0-9][a-z0-9-]{0,61}[a-z0-9]$/);
      if (kind !== "Namespace") assert.ok(metadata?.namespace, `${kind} ${metadata?.name}`);
      for (const [label, value] of Object.entries(metadata?.labels ?? {})) {
        assert.match(value, /^[A-Za-z0-9]([\w.-]{0,61}[A-Za-z0-9])?$/, label);
      }
    }
    const kinds = [...new Set(objects.map(({ kind }) => kind))];
    const order = Object.keys(MODELS);
    assert.deepEqual(
      kinds,
      order.filter((kind) => kinds.some((own) => own === kind)),
    );
  });
}

test("the models refuse what is wrong", () => {
  const [deployment] = manifests(variant({ profile: "production", text: "" })).filter(
    ({ kind }) => kind === "Deployment",
  );
  assert.ok(deployment?.kind === "Deployment" && deployment.spec);
  const wrong = { ...deployment, spec: { ...deployment.spec, replicas: "2" } } as unknown as Manifest;
  assert.throws(() => validate(wrong), /Deployment noetl-server/);
});

test("the Secret of keys is a Secret too, with keys a server takes", () => {
  const secret = keysSecret(variant({ profile: "production", text: "" }), (bytes) => Buffer.alloc(bytes, 7));
  validate(secret);
  assert.deepEqual(secret.metadata?.name, "noetl-keys");
  const key = Buffer.from(secret.data?.NOETL_ENCRYPTION_KEY ?? "", "base64").toString();
  assert.equal(Buffer.from(key, "base64").length, 32);
});
