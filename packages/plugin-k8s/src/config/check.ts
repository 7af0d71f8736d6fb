import { environments } from "./check-environment.ts";
import type { Contradiction } from "./problem.ts";
import type { K8sConfig, Pool } from "./shape.ts";

/** What no shape can say: values that do not go together. */
export function contradictions(config: K8sConfig): Contradiction[] {
  return [
    ...databaseAndBroker(config),
    ...workers(config),
    ...server(config),
    ...nodePorts(config),
    ...hostPorts(config),
    ...environments(config),
    ...patches(config),
  ];
}

function databaseAndBroker({ database, nats, profile }: K8sConfig): Contradiction[] {
  const found: Contradiction[] = [];
  const wrong = (path: string[], message: string, hint: string) => found.push({ path, message, hint });
  for (const [key, { mode }] of Object.entries({ database, nats })) {
    if (mode !== "managed" || profile !== "production") continue;
    wrong([key, "mode"], "what is managed is for development: one pod, passwords everybody knows", "external");
  }
  if (database.mode === "external" && database.url !== null) {
    const url = URL.canParse(database.url) ? new URL(database.url) : undefined;
    if (!url || !/^postgres(ql)?:$/.test(url.protocol) || url.hostname === "" || url.pathname.length < 2) {
      wrong(["database", "url"], "it is no address of a database", "postgres://user@host:5432/database");
    } else if (url.password !== "" || url.search !== "") {
      const what = url.password === "" ? "parameters" : "a password";
      wrong(
        ["database", "url"],
        `an address with ${what} belongs into a Secret`,
        "leave database.url out and put the whole address into database.secret",
      );
    }
  }
  if (nats.mode === "external" && nats.url !== null) {
    if (nats.url.split(",").some((each) => !URL.canParse(each) || !/^(nats|tls):\/\/[^@]+$/.test(each))) {
      wrong(
        ["nats", "url"],
        "it is no address of NATS, or one with a password",
        "nats://host:4222; user and password stand in the Secret nats.secret.name",
      );
    }
  }
  if (nats.mode === "external" && nats.monitoring !== null && !/^[^:/\s]+:\d+$/.test(nats.monitoring)) {
    wrong(["nats", "monitoring"], "it is not host:port", "nats.nats.svc.cluster.local:8222");
  }
  return found;
}

function workers(config: K8sConfig): Contradiction[] {
  const found: Contradiction[] = [];
  const owner = new Map<string, string>();
  for (const [name, pool] of Object.entries(config.workers)) {
    const path = ["workers", name];
    found.push(...scaleOf(path, pool));
    for (const segment of pool.pools) {
      const other = owner.get(segment);
      // Two Deployments on one consumer would each be scaled for the lag of both.
      if (config.keda.enabled && other !== undefined) {
        found.push({
          path: [...path, "pools"],
          message: `commands of '${segment}' are taken by '${other}' already: KEDA would count them twice`,
        });
      }
      owner.set(segment, name);
    }
  }
  return found;
}

function scaleOf(path: string[], { scale }: Pool): Contradiction[] {
  if (scale.max >= scale.min) return [];
  return [{ path: [...path, "scale"], message: `max (${scale.max}) is less than min (${scale.min})` }];
}

function server({ server, ingress, profile, data, workers, keda }: K8sConfig): Contradiction[] {
  const found: Contradiction[] = [];
  if (server.open && ingress.host !== null) {
    found.push({ path: ["server", "open"], message: "a server without a token must not have an Ingress" });
  }
  if (server.open && profile === "production") {
    found.push({ path: ["server", "open"], message: "in production every request needs a token" });
  }
  const several = Object.values(workers).some(({ replicas, scale }) => (keda.enabled ? scale.max : replicas) > 1);
  if (data.enabled && data.mode === "ReadWriteOnce" && several && profile === "production") {
    found.push({
      path: ["data", "mode"],
      message: "ReadWriteOnce keeps all workers on one node",
      hint: "ReadWriteMany, with a storageClass that can do it",
    });
  }
  return found;
}

function nodePorts({ server, database, nats }: K8sConfig): Contradiction[] {
  const managed = {
    ...(database.mode === "managed" && { "database.nodePort": database.nodePort }),
    ...(nats.mode === "managed" && { "nats.nodePort": nats.nodePort }),
    ...(nats.mode === "managed" && { "nats.monitoringNodePort": nats.monitoringNodePort }),
  };
  return sharedPorts({ ...managed, "server.nodePort": server.nodePort });
}

function hostPorts({ kind }: K8sConfig): Contradiction[] {
  const { name: _, ...ports } = kind;
  return sharedPorts(Object.fromEntries(Object.entries(ports).map(([key, port]) => [`kind.${key}`, port])));
}

function sharedPorts(ports: { readonly [place: string]: number | null }): Contradiction[] {
  const owners = new Map<number, string>();
  return Object.entries(ports).flatMap(([place, port]) => {
    if (port === null) return [];
    const other = owners.get(port);
    owners.set(port, place);
    return other === undefined ? [] : [{ path: place.split("."), message: `port ${port} is the one of ${other}` }];
  });
}

/** The kinds and names of Kubernetes are not known here; a patch of nothing is found when it is applied. */
function patches({ patches }: K8sConfig): Contradiction[] {
  return patches.flatMap(({ merge }, index) =>
    "kind" in merge || "apiVersion" in merge
      ? [{ path: ["patches", index, "merge"], message: "a patch makes no other kind of an object" }]
      : [],
  );
}
