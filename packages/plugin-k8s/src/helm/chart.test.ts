import assert from "node:assert/strict";
import { test } from "node:test";
import { isObject } from "@noetl/core";
import { Ajv } from "ajv";
import { parse, parseAllDocuments } from "yaml";
import { type K8sConfig, type Profile, readConfig } from "../config/index.ts";
import { type Derived, type Manifest, manifests, plainly } from "../manifests/index.ts";
import { chart, type Files } from "./chart.ts";
import { render } from "./testing/template.ts";
import { withValue } from "./values.ts";

const configOf = (profile: Profile, text = ""): K8sConfig =>
  readConfig({ file: "noetl.k8s.yaml", text, profile, given: { image: { ref: "ghcr.io/noetl/noetl:1.2.3" } } });

/** Objects of an installation with these values over those of the chart, by kind and name. */
function installed(files: Files, set: { [path: string]: unknown }, namespace = "noetl"): Map<string, unknown> {
  const defaults = parse(files.get("values.yaml") ?? "") as object;
  const values = Object.entries(set).reduce((found, [path, value]) => withValue(found, path, value), defaults);
  const objects = [...files]
    .filter(([file]) => file.startsWith("templates/") && file.endsWith(".yaml"))
    .flatMap(([, text]) => {
      const documents = parseAllDocuments(render(text, { namespace, values, appVersion: "1.2.3" }, files));
      return documents.map((document) => {
        assert.deepEqual(document.errors, [], text);
        return document.toJS() as unknown;
      });
    })
    .filter((object) => object !== null);
  return new Map(objects.map((object) => [keyOf(object), settled(object)]));
}

/** Objects the configuration itself gives, as Helm says who manages them and without the namespace it makes. */
function expected(config: K8sConfig): Map<string, unknown> {
  const derived: Derived = { ...plainly, managedBy: "Helm" };
  const own = manifests(config, derived).filter(
    ({ kind, metadata }) => !(kind === "Namespace" && metadata?.name === config.namespace),
  );
  return new Map(own.map((object) => [keyOf(object), settled(JSON.parse(JSON.stringify(kept(object))))]));
}

/** Helm leaves the data where it is. */
const kept = (object: Manifest): object =>
  object.kind === "Namespace" || object.kind === "PersistentVolumeClaim"
    ? { ...object, metadata: { ...object.metadata, annotations: { "helm.sh/resource-policy": "keep" } } }
    : object;

/** Digests are of other texts in a chart. */
const settled = (value: unknown): unknown => {
  if (typeof value === "string") return value.replace(/^(noetl-migrate-)?[0-9a-f]{10}$/, "$1digest");
  if (Array.isArray(value)) return value.map(settled);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, settled(each)]));
};

function keyOf(object: unknown): string {
  const { kind, metadata } = object as { kind: string; metadata: { name: string } };
  return `${kind} ${metadata.name.replace(/[0-9a-f]{10}$/, "digest")}`;
}

const OVERLAY = `
workers:
  gpu-a: { pools: [gpu], drainSeconds: 20, env: { GREETING: "{{ not a template }}", NOTE: "a\\nb" } }
patches:
  - { target: { kind: Deployment, name: noetl-worker* }, merge: { metadata: { annotations: { team: "data: 1" } } } }
`;

for (const profile of ["development", "production"] as const) {
  test(`${profile}: the chart as it is gives what the configuration gives`, () => {
    for (const text of ["", OVERLAY]) {
      const config = configOf(profile, text);
      const found = installed(chart(config, { version: "1.2.3" }), {});
      const wanted = expected(config);
      assert.deepEqual([...found.keys()].sort(), [...wanted.keys()].sort());
      for (const [key, object] of wanted) assert.deepEqual(found.get(key), object, key);
    }
  });
}

/** One change of values each, and the same change in the configuration. */
const CHANGES: { profile: Profile; set: { [path: string]: unknown } }[] = [
  { profile: "development", set: { "image.ref": "registry.example:5000/noetl:2", "image.pullPolicy": "Always" } },
  { profile: "development", set: { "keda.enabled": true } },
  { profile: "development", set: { "keda.enabled": true, "monitoring.scrape": false, "data.enabled": false } },
  { profile: "development", set: { "workers.default.replicas": 7, "workers.default.drainSeconds": 5 } },
  { profile: "development", set: { "server.nodePort": null, "networkPolicy.enabled": true, "jobs.enabled": false } },
  { profile: "development", set: { "server.nodePort": 31_000, "networkPolicy.enabled": true } },
  { profile: "production", set: { "keda.enabled": false, "workers.default.replicas": 4 } },
  { profile: "production", set: { "workers.gpu-a.scale.max": 9, "workers.gpu-a.scale.lag": 3, "keda.enabled": true } },
  {
    profile: "production",
    set: { "ingress.host": "noetl.example", "ingress.className": "nginx", "ingress.tlsSecret": "tls" },
  },
  { profile: "production", set: { "ingress.host": "noetl.example" } },
  { profile: "production", set: { "jobs.enabled": false } },
  { profile: "production", set: { "data.enabled": true, "data.storageClass": "shared", "data.size": "1Gi" } },
  { profile: "production", set: { "nats.url": "nats://other:4222", "nats.account": "NOETL", "log.level": "debug" } },
  { profile: "production", set: { "secrets.keys": "vault", "database.secret.name": "pg", "server.api.replicas": 5 } },
];

for (const { profile, set } of CHANGES) {
  test(`${profile}: ${JSON.stringify(set)} changes the same in the chart and in the configuration`, () => {
    const config = configOf(profile, OVERLAY);
    const files = chart(config, { version: "1.2.3" });
    const changed = Object.entries(set).reduce<K8sConfig>(
      (found, [path, value]) => withValue(found, path, value),
      config,
    );
    const pullPolicy = changed.image.pullPolicy ?? "IfNotPresent";
    const wanted = expected(withValue(changed, "image.pullPolicy", pullPolicy));
    const found = installed(files, set);
    assert.deepEqual([...found.keys()].sort(), [...wanted.keys()].sort());
    for (const [key, object] of wanted) assert.deepEqual(found.get(key), object, key);
    assert.notDeepEqual(found, installed(files, {}), "the change changes something");
  });
}

test("a release in another namespace has its names inside of it", () => {
  const config = configOf("production");
  const found = installed(chart(config, { version: "1.2.3" }), {}, "elsewhere");
  assert.deepEqual(found, expected({ ...config, namespace: "elsewhere" }));
});

test("the same configuration gives the same chart; no mark is left in it, no value does nothing", () => {
  for (const profile of ["development", "production"] as const) {
    const once = chart(configOf(profile, OVERLAY), { version: "1.2.3" });
    assert.deepEqual([...chart(configOf(profile, OVERLAY), { version: "1.2.3" })], [...once]);
    for (const [file, text] of once) assert.doesNotMatch(text, /zq\d{3}qz|zd-|\b7[3-9]\d{5}\b/, file);
  }
});

test("the schema of the values takes those of the chart, and says what is wrong with others", () => {
  for (const profile of ["development", "production"] as const) {
    const files = chart(configOf(profile, OVERLAY), { version: "1.2.3" });
    const check = new Ajv({ strict: true, allowUnionTypes: true }).compile(
      JSON.parse(files.get("values.schema.json") ?? "") as object,
    );
    const values = parse(files.get("values.yaml") ?? "") as object;
    assert.ok(check(values), JSON.stringify(check.errors));
    assert.ok(check({ ...values, global: { region: "x" } }));
    for (const [path, value] of [
      ["workers.gpu-a.capacity", "8"],
      ["workers.gpu-a.scale.min", -1],
      ["image.pullPolicy", "Sometimes"],
      ["log.level", "loud"],
      ["server.nodePort", 80],
      ["workers.gpu-a.replcas", 2],
      ["wrokers", {}],
    ] as const) {
      assert.equal(check(withValue(values, path, value)), false, path);
    }
  }
});

test("an open server cannot be shown to the world by a value", () => {
  const files = chart(configOf("development"), { version: "1.2.3" });
  assert.equal(files.has("templates/ingress-noetl.yaml"), false);
  assert.doesNotMatch(files.get("values.yaml") ?? "", /ingress/);
});
