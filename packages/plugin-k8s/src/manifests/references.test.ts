import assert from "node:assert/strict";
import { test } from "node:test";
import type { K8sConfig } from "../config/index.ts";
import { kindConfig } from "../kind/index.ts";
import { expectedSecrets, GENERATED_KEYS, type Manifest, manifests } from "./index.ts";
import type { Container, PodTemplate } from "./manifest.ts";
import { VARIANTS, variant } from "./testing/variants.ts";

type Of<K extends Manifest["kind"]> = Extract<Manifest, { kind: K }>;

function kinds<K extends Manifest["kind"]>(objects: readonly Manifest[], kind: K): Of<K>[] {
  return objects.filter((each): each is Of<K> => each.kind === kind);
}

interface Pod {
  owner: string;
  namespace: string;
  template: PodTemplate;
}

function pods(objects: readonly Manifest[]): Pod[] {
  return objects.flatMap((each) => {
    if (each.kind !== "Deployment" && each.kind !== "StatefulSet" && each.kind !== "Job") return [];
    const template = each.spec?.template;
    assert.ok(template);
    return [{ owner: `${each.kind} ${each.metadata?.name}`, namespace: each.metadata?.namespace ?? "", template }];
  });
}

const containers = ({ template }: Pod): Container[] => [
  ...(template.spec?.initContainers ?? []),
  ...(template.spec?.containers ?? []),
];

const matches = (selector: { [name: string]: string }, { template }: Pod): boolean =>
  Object.entries(selector).every(([name, value]) => template.metadata?.labels?.[name] === value);

/** Secrets nobody renders: those `deploy` makes and those a person makes. */
function unrendered(config: K8sConfig): Map<string, string[]> {
  const all: [string, string[]][] = [
    [config.secrets.keys, [...GENERATED_KEYS]],
    ...expectedSecrets(config).map(({ name, keys }): [string, string[]] => [name, keys]),
    ...["creds", "oidc", "registry", "tls", "more", "gcs", "ca"].map((name): [string, string[]] => [name, []]),
  ];
  return new Map(all);
}

for (const each of VARIANTS) {
  const config = variant(each);
  const objects = manifests(config);
  const all = pods(objects);

  test(`${each.name}: services, budgets and policies are about pods there are`, () => {
    for (const service of kinds(objects, "Service")) {
      const own = all.filter(
        (pod) => pod.namespace === service.metadata?.namespace && matches(service.spec?.selector ?? {}, pod),
      );
      assert.equal(own.length, 1, service.metadata?.name);
      const ports = own.flatMap(containers).flatMap(({ ports = [] }) => ports);
      for (const { port, targetPort } of service.spec?.ports ?? []) {
        assert.ok(
          ports.some(({ name, containerPort }) => name === targetPort && containerPort === port),
          service.metadata?.name,
        );
      }
    }
    for (const budget of kinds(objects, "PodDisruptionBudget")) {
      assert.equal(all.filter((pod) => matches(budget.spec?.selector?.matchLabels ?? {}, pod)).length, 1);
    }
    for (const policy of kinds(objects, "NetworkPolicy")) {
      const own = all.filter((pod) => matches(policy.spec?.podSelector?.matchLabels ?? {}, pod));
      assert.ok(own.length > 0, policy.metadata?.name);
      const ports = own
        .flatMap(containers)
        .flatMap(({ ports = [] }) => ports.map(({ containerPort }) => containerPort));
      for (const { port } of policy.spec?.ingress?.flatMap(({ ports = [] }) => ports) ?? []) {
        assert.ok(ports.includes(Number(port)), `${policy.metadata?.name} ${port}`);
      }
    }
    for (const deployment of [...kinds(objects, "Deployment"), ...kinds(objects, "StatefulSet")]) {
      const own = all.filter((pod) => matches(deployment.spec?.selector.matchLabels ?? {}, pod));
      assert.deepEqual(
        own.map(({ owner }) => owner),
        [`${deployment.kind} ${deployment.metadata?.name}`],
      );
    }
    for (const ingress of kinds(objects, "Ingress")) {
      const backend = ingress.spec?.rules?.[0]?.http?.paths[0]?.backend.service;
      const service = kinds(objects, "Service").find(({ metadata }) => metadata?.name === backend?.name);
      assert.ok(service?.spec?.ports?.some(({ name }) => name === backend?.port?.name));
    }
  });

  test(`${each.name}: every ConfigMap, Secret, claim and account a pod names is there`, () => {
    const others = unrendered(config);
    const maps = new Map(
      kinds(objects, "ConfigMap").map((map) => [`${map.metadata?.namespace}/${map.metadata?.name}`, map]),
    );
    const secrets = new Map(
      kinds(objects, "Secret").map((each) => [`${each.metadata?.namespace}/${each.metadata?.name}`, each]),
    );
    const claims = kinds(objects, "PersistentVolumeClaim").map(({ metadata }) => metadata?.name);
    const accounts = kinds(objects, "ServiceAccount").map(({ metadata }) => metadata?.name);
    for (const pod of all) {
      const { spec } = pod.template;
      for (const container of containers(pod)) {
        for (const { configMapRef, secretRef } of container.envFrom ?? []) {
          const name = configMapRef?.name ?? secretRef?.name ?? "";
          assert.ok(maps.has(`${pod.namespace}/${name}`) || others.has(name), `${pod.owner}: ${name}`);
        }
        const names = (container.env ?? []).map(({ name }) => name);
        assert.deepEqual([...new Set(names)], names, `${pod.owner}: a variable twice is refused`);
        for (const { valueFrom } of container.env ?? []) {
          const ref = valueFrom?.secretKeyRef;
          if (!ref) continue;
          const rendered = secrets.get(`${pod.namespace}/${ref.name}`)?.data;
          const known = rendered ? Object.keys(rendered) : (others.get(ref.name ?? "") ?? []);
          assert.ok(known.includes(ref.key), `${pod.owner}: ${ref.name}/${ref.key}`);
        }
        for (const mount of container.volumeMounts ?? []) {
          const templates = objects.flatMap((each) =>
            each.kind === "StatefulSet" ? (each.spec?.volumeClaimTemplates ?? []) : [],
          );
          const volumes = [...(spec?.volumes ?? []), ...templates.map(({ metadata }) => ({ name: metadata?.name }))];
          assert.ok(
            volumes.some(({ name }) => name === mount.name),
            `${pod.owner}: ${mount.name}`,
          );
        }
      }
      for (const { configMap, persistentVolumeClaim } of spec?.volumes ?? []) {
        if (configMap) {
          const name = configMap.name ?? "";
          assert.ok(maps.has(`${pod.namespace}/${name}`) || others.has(name), name);
        }
        if (persistentVolumeClaim) assert.ok(claims.includes(persistentVolumeClaim.claimName));
      }
      if (spec?.serviceAccountName !== undefined) assert.ok(accounts.includes(spec.serviceAccountName));
    }
    for (const { subjects = [], roleRef, metadata: own } of kinds(objects, "RoleBinding")) {
      const role = kinds(objects, "Role").find(({ metadata }) => metadata?.name === roleRef.name);
      assert.equal(role?.metadata?.namespace, own?.namespace);
      for (const { name } of subjects) assert.ok(accounts.includes(name));
    }
  });

  test(`${each.name}: pods are not root, write nowhere else, have limits and an account only when they need it`, () => {
    for (const pod of all) {
      const { spec } = pod.template;
      assert.equal(spec?.securityContext?.runAsNonRoot, true, pod.owner);
      assert.equal(spec?.securityContext?.seccompProfile?.type, "RuntimeDefault", pod.owner);
      assert.equal(spec?.enableServiceLinks, false, `${pod.owner}: a Service named noetl would set NOETL_PORT`);
      assert.equal(spec?.automountServiceAccountToken, pod.owner.includes("worker") && config.jobs.enabled, pod.owner);
      for (const { name, securityContext, resources } of containers(pod)) {
        assert.deepEqual(
          securityContext,
          { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ["ALL"] } },
          name,
        );
        assert.ok(resources?.requests?.memory && resources.limits?.memory, `${pod.owner}: ${name}`);
      }
    }
  });

  test(`${each.name}: a worker may drain to its end, and KEDA owns the number of pods it sets`, () => {
    const scaled = kinds(objects, "ScaledObject");
    for (const deployment of kinds(objects, "Deployment").filter(
      ({ metadata }) => metadata?.labels?.app === "noetl-worker",
    )) {
      const { spec } = deployment.spec?.template ?? {};
      const pool = config.workers[deployment.metadata?.labels?.["worker-pool"] ?? ""];
      assert.ok(pool);
      assert.ok((spec?.terminationGracePeriodSeconds ?? 0) > pool.drainSeconds + 10);
      const drain = spec?.containers[0]?.env?.find(({ name }) => name === "NOETL_WORKER_DRAIN_SECONDS")?.value;
      assert.equal(drain, String(pool.drainSeconds));
      const owner = scaled.filter((each) => each.spec.scaleTargetRef.name === deployment.metadata?.name);
      assert.equal(owner.length, config.keda.enabled ? 1 : 0);
      assert.equal(deployment.spec?.replicas, config.keda.enabled ? undefined : pool.replicas);
    }
    for (const { spec } of scaled) {
      for (const { metadata } of spec.triggers) {
        for (const value of Object.values(metadata)) assert.equal(typeof value, "string");
      }
    }
  });

  test(`${each.name}: names in settings are of Services there are`, () => {
    const services = kinds(objects, "Service").map(
      ({ metadata }) => `${metadata?.name}.${metadata?.namespace}.svc.cluster.local`,
    );
    const external = [config.nats, config.database].some(({ mode }) => mode === "external")
      ? ["nats.nats.svc.cluster.local"]
      : [];
    const text = JSON.stringify(objects);
    for (const [name] of text.matchAll(/[a-z0-9-]+\.[a-z0-9-]+\.svc\.cluster\.local/g)) {
      assert.ok([...services, ...external].includes(name), name);
    }
  });

  test(`${each.name}: node ports are each one's own, and a kind cluster shows them`, () => {
    const ports = kinds(objects, "Service").flatMap(({ spec }) =>
      (spec?.ports ?? []).flatMap(({ nodePort }) => nodePort ?? []),
    );
    assert.deepEqual([...new Set(ports)], ports);
    const { nodes } = kindConfig(config);
    const shown = nodes.flatMap(({ extraPortMappings }) => extraPortMappings);
    assert.deepEqual(shown.map(({ containerPort }) => containerPort).sort(), ports.toSorted());
    for (const { listenAddress } of shown) assert.equal(listenAddress, "127.0.0.1");
  });

  test(`${each.name}: no key is shown, and passwords only of what is managed`, () => {
    const rendered = kinds(objects, "Secret");
    for (const secret of rendered) {
      for (const key of GENERATED_KEYS) assert.equal(secret.data?.[key], undefined, key);
    }
    if (each.profile === "production") assert.deepEqual(rendered, []);
  });
}

test("roles apart: one Deployment each, requests go to those that answer", () => {
  const objects = manifests(variant({ profile: "production", text: "" }));
  const roles = kinds(objects, "Deployment").flatMap(({ metadata, spec }) => {
    const args = spec?.template.spec?.containers[0]?.args ?? [];
    return args[0] === "server" ? [[metadata?.name, args.slice(3)]] : [];
  });
  assert.deepEqual(roles, [
    ["noetl-server", ["--role", "api"]],
    ["noetl-publisher", ["--role", "publisher"]],
    ["noetl-projector", ["--role", "projector"]],
    ["noetl-system", ["--role", "system"]],
  ]);
});

test("in production no worker can read the Secrets of the server", () => {
  const config = variant({ profile: "production", text: "" });
  const roles = kinds(manifests(config), "Role");
  assert.ok(roles.length > 0);
  for (const { metadata } of roles) assert.notEqual(metadata?.namespace, config.namespace);
});

test("another image or other settings make another migration; the same ones the same", () => {
  const name = (text: string) =>
    kinds(manifests(variant({ profile: "production", text })), "Job").map(({ metadata }) => metadata?.name)[0];
  const first = name("image: { ref: 'a/b:1' }");
  assert.equal(name("image: { ref: 'a/b:1' }"), first);
  assert.equal(name("image: { ref: 'a/b:1' }\nworkers: { default: { replicas: 9 } }"), first);
  assert.notEqual(name("image: { ref: 'a/b:2' }"), first);
  assert.notEqual(name("image: { ref: 'a/b:1' }\ndatabase: { url: 'postgres://u@h/d' }"), first);
});

test("pods start anew when their settings change", () => {
  const digests = (text: string) =>
    pods(manifests(variant({ profile: "production", text }))).map(({ template }) => template.metadata?.annotations);
  assert.notDeepEqual(digests("log: { level: debug }"), digests(""));
});

test("an image without a registry is not asked for at one, in development only", () => {
  const policy = (profile: "development" | "production", ref: string) =>
    pods(manifests(variant({ profile, text: `image: { ref: "${ref}" }` })))
      .flatMap(containers)
      .find(({ name }) => name === "worker")?.imagePullPolicy;
  assert.equal(policy("development", "local/noetl:1"), "Never");
  assert.equal(policy("development", "ghcr.io/noetl/noetl:1"), "IfNotPresent");
  assert.equal(policy("development", "localhost:5000/noetl:1"), "IfNotPresent");
  assert.equal(policy("production", "local/noetl:1"), "IfNotPresent");
});

test("a patch that fits nothing is refused, and says what there is", () => {
  const text = "patches: [{ target: { kind: Deployment, name: noetl-sever }, merge: { spec: null } }]";
  assert.throws(() => manifests(variant({ profile: "development", text })), {
    code: "E_K8S_PATCH",
    hint: "there are: noetl-server, noetl-worker",
  });
});
