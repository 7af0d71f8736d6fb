import type { K8sConfig } from "../config/index.ts";
import { rolesOf } from "../manifests/names.ts";
import { imageOf } from "../manifests/pod.ts";
import { derivedMark, type Mark, numberMark, textMark } from "./marks.ts";

/** A value that switches something on and off: what it is in the configuration when it is off. */
export interface Switch {
  path: string;
  off: false | null;
}

export interface Values {
  /** where the value stands in the configuration, also its place in values.yaml */
  marks: Mark[];
  switches: Switch[];
  /** all of them with what the configuration says */
  values: ReadonlyMap<string, unknown>;
  /** the configuration with everything switched on, and marks in the place of values */
  marked: K8sConfig;
}

const RESOURCES = ["requests.cpu", "requests.memory", "limits.cpu", "limits.memory"].map((each) => `resources.${each}`);

/** What an installation may say for itself; everything else a chart is made for (layout, pools, databases, patches). */
function paths(config: K8sConfig): { plain: string[]; switches: Switch[] } {
  const pools = Object.keys(config.workers).map((name) => `workers.${name}`);
  const roles = rolesOf(config).map((role) => `server.${role}`);
  const { database, nats } = config;
  const plain = [
    "image.ref",
    "image.pullPolicy",
    ...(config.image.worker === null ? [] : ["image.worker"]),
    "log.level",
    "log.format",
    "secrets.keys",
    ...roles.flatMap((role) => ["replicas", ...RESOURCES].map((each) => `${role}.${each}`)),
    ...pools.flatMap((pool) =>
      [
        "replicas",
        "capacity",
        "drainSeconds",
        ...RESOURCES,
        ...["min", "max", "lag", "activation", "pollingSeconds", "cooldownSeconds"].map((each) => `scale.${each}`),
      ].map((each) => `${pool}.${each}`),
    ),
    "data.size",
    "data.mode",
    ...(database.mode === "managed" ? ["database.image", "database.storage.size"] : ["database.secret.name"]),
    ...(nats.mode === "managed" ? ["nats.image", "nats.storage.size"] : []),
    ...(nats.mode === "external" ? ["nats.url", "nats.secret.name", "nats.monitoring"] : []),
    ...(nats.mode === "none" ? [] : ["nats.account"]),
    "keda.prometheus",
  ];
  const switches: Switch[] = [
    { path: "server.nodePort", off: null },
    { path: "jobs.enabled", off: false },
    { path: "data.enabled", off: false },
    { path: "data.storageClass", off: null },
    { path: "keda.enabled", off: false },
    { path: "monitoring.scrape", off: false },
    { path: "networkPolicy.enabled", off: false },
    // An open server must not be shown to the world by a value.
    ...(config.server.open ? [] : ["host", "className", "tlsSecret"]).map((key) => ({
      path: `ingress.${key}`,
      off: null,
    })),
  ];
  return { plain: plain.filter((path) => valueAt(config, path) !== null || path === "image.pullPolicy"), switches };
}

export function valuesOf(config: K8sConfig): Values {
  const { plain, switches } = paths(config);
  const marks: Mark[] = [];
  const values = new Map<string, unknown>();
  let marked = released(config);
  const mark = (path: string, number: boolean) => {
    const stand = number ? numberMark(marks.length) : textMark(marks.length);
    marks.push({ path, stand });
    marked = withValue(marked, path, stand);
  };
  for (const path of plain) {
    const value =
      path === "image.pullPolicy" ? imageOf(config, config.image.ref).imagePullPolicy : valueAt(config, path);
    if (value === undefined) continue;
    values.set(path, value);
    mark(path, typeof value === "number");
  }
  for (const { path, off } of switches) {
    values.set(path, valueAt(config, path));
    if (off === false) marked = withValue(marked, path, true);
    else mark(path, path === "server.nodePort");
  }
  return { marks, switches, values, marked };
}

/** Helm says in which namespace the release is. */
function released(config: K8sConfig): K8sConfig {
  const namespace = derivedMark("namespace");
  const same = (name: string) => (name === config.namespace ? namespace : name);
  return {
    ...config,
    namespace,
    database: { ...config.database, namespace: same(config.database.namespace) },
    nats: { ...config.nats, namespace: same(config.nats.namespace) },
    jobs: { ...config.jobs, namespace: config.jobs.namespace && same(config.jobs.namespace) },
  };
}

export function valueAt(config: unknown, path: string): unknown {
  return path.split(".").reduce<unknown>((found, key) => (found as Record<string, unknown> | undefined)?.[key], config);
}

export function withValue<T>(config: T, path: string, value: unknown): T {
  const [key = "", ...rest] = path.split(".");
  const object = config as Record<string, unknown>;
  return {
    ...object,
    [key]: rest.length === 0 ? value : withValue(object[key] ?? {}, rest.join("."), value),
  } as T;
}
