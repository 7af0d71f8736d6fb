import { z } from "zod";
import {
  amount,
  atLeastOne,
  count,
  environment,
  environmentFrom,
  files,
  flag,
  hostPort,
  name,
  nodePort,
  resources,
  role,
  text,
} from "./fields.ts";

const scale = z
  .strictObject({
    min: count("fewest pods; 0 costs the first command a cold start").optional(),
    max: atLeastOne("most pods").optional(),
    lag: atLeastOne("waiting and unacknowledged commands a pod stands for").optional(),
    activation: count("as many commands may wait before the first pod of none starts").optional(),
    pollingSeconds: atLeastOne("how often KEDA looks").optional(),
    cooldownSeconds: z
      .int()
      .min(1)
      .max(3_600)
      .describe("how long it must be quiet before pods are taken away")
      .optional(),
  })
  .describe("limits of KEDA, when keda.enabled");

const toleration = z.strictObject({
  key: text("key of the taint").optional(),
  operator: z.enum(["Exists", "Equal"]).optional(),
  value: text("value of the taint").optional(),
  effect: z.enum(["NoSchedule", "PreferNoSchedule", "NoExecute"]).optional(),
});

const pool = z
  .strictObject({
    pools: z.array(name("a pool of commands")).min(1).describe("whose commands they take").optional(),
    replicas: count("how many pods, when keda.enabled is false").optional(),
    capacity: z.int().min(1).max(1_000).describe("commands at one time in a pod").optional(),
    drainSeconds: count("how long running commands may take when a pod is stopped").optional(),
    resources: resources.optional(),
    scale: scale.optional(),
    env: environment.optional(),
    envFrom: environmentFrom.optional(),
    files: files.optional(),
    nodeSelector: z.record(z.string(), z.string()).describe("labels of the nodes they run on").optional(),
    tolerations: z.array(toleration).describe("taints they bear").optional(),
  })
  .describe("a Deployment of workers");

const secretKey = (what: string) =>
  z.strictObject({ name: text("name of the Secret").optional(), key: text("key in it").optional() }).describe(what);

const mode = z.enum(["managed", "external"]);
const storage = z
  .strictObject({
    size: amount.describe("size of the volume").optional(),
    storageClass: text("class of the volume; null = the default of the cluster").nullable().optional(),
  })
  .describe("volume");

/** Short, so that the names of what is made for it fit into a label. */
const poolName = z
  .string()
  .regex(/^[a-z0-9]([a-z0-9-]{0,18}[a-z0-9])?$/, "lower-case letters, digits and -, at most 20");

/** `noetl.k8s.yaml`: everything may be left out, the profile says the rest. */
export const overlay = z.strictObject({
  profile: z.enum(["development", "production"]).describe("what is not said here").optional(),
  namespace: name("namespace of server and workers").optional(),
  image: z
    .strictObject({
      ref: text("image of server and workers").optional(),
      worker: text("image of the workers when it is another one").nullable().optional(),
      pullPolicy: z
        .enum(["Never", "IfNotPresent", "Always"])
        .nullable()
        .describe("null: Never for an image without a registry in development, else IfNotPresent")
        .optional(),
      pullSecrets: z.array(text("name of a Secret")).describe("Secrets of the registry").optional(),
    })
    .optional(),
  log: z
    .strictObject({
      level: z.enum(["debug", "info", "warn", "error"]).optional(),
      format: z.enum(["text", "json"]).optional(),
    })
    .optional(),
  secrets: z
    .strictObject({
      keys: text("Secret of NOETL_ENCRYPTION_KEY, NOETL_INTERNAL_API_TOKEN, NOETL_API_TOKEN").optional(),
      passwords: text("Secret of the passwords of database and broker").optional(),
    })
    .describe("names of Secrets; their contents never stand here")
    .optional(),
  server: z
    .strictObject({
      layout: z
        .enum(["single", "split"])
        .describe(
          "single: every server has all roles; split: a Deployment for each of api, publisher, projector, system",
        )
        .optional(),
      open: flag("requests need no token; only for clusters nobody else reaches").optional(),
      nodePort: nodePort("port on the nodes; null = none").optional(),
      all: role.describe("servers with all roles (layout single)").optional(),
      api: role.describe("servers that answer requests (layout split)").optional(),
      publisher: role.describe("servers that publish the outbox (layout split)").optional(),
      projector: role.describe("servers that keep the projections (layout split)").optional(),
      system: role.describe("servers that reap, sweep and schedule (layout split)").optional(),
      env: environment.optional(),
      envFrom: environmentFrom.optional(),
      files: files.optional(),
    })
    .optional(),
  workers: z.record(poolName, pool.nullable()).describe("Deployments of workers; null takes one away").optional(),
  jobs: z
    .strictObject({
      enabled: flag("steps of kind container may make Jobs").optional(),
      namespace: name("where; null = beside server and workers, whose Secrets a Job could then read")
        .nullable()
        .optional(),
    })
    .optional(),
  data: z
    .strictObject({ enabled: flag("workers share a volume at /opt/noetl/data").optional(), ...storage.shape })
    .extend({ mode: z.enum(["ReadWriteOnce", "ReadWriteMany"]).optional() })
    .describe("volume for files that steps share, DuckDB's for example")
    .optional(),
  database: z
    .strictObject({
      mode: mode
        .describe("managed: a PostgreSQL of this cluster, for development; external: one that exists")
        .optional(),
      migrations: z
        .enum(["job", "server", "none"])
        .describe("who brings the schema up to date: a Job, each server at its start, or somebody else")
        .optional(),
      url: text("postgres://user@host:port/database of an external one; null = the Secret holds the whole address")
        .nullable()
        .optional(),
      secret: secretKey("password, or the whole address when url is null").optional(),
      namespace: name("namespace of the managed one").optional(),
      image: text("image of the managed one").optional(),
      nodePort: nodePort("port on the nodes of the managed one; null = none").optional(),
      storage: storage.optional(),
      resources: resources.optional(),
    })
    .optional(),
  nats: z
    .strictObject({
      mode: z
        .enum(["managed", "external", "none"])
        .describe("managed: a NATS of this cluster, for development; none: workers ask the server")
        .optional(),
      url: text("nats://host:port of an external one, without a password").nullable().optional(),
      secret: z
        .strictObject({
          name: text("name of the Secret with NATS_USER and NATS_PASSWORD").nullable().optional(),
        })
        .describe("account of server and workers; name null = none needed")
        .optional(),
      account: text("account of the streams, as KEDA names it").optional(),
      monitoring: text("host:port of the monitoring endpoint, for KEDA").nullable().optional(),
      namespace: name("namespace of the managed one").optional(),
      image: text("image of the managed one").optional(),
      nodePort: nodePort("port on the nodes of the managed one; null = none").optional(),
      monitoringNodePort: nodePort("port on the nodes of its monitoring; null = none").optional(),
      storage: storage.optional(),
      resources: resources.optional(),
    })
    .optional(),
  keda: z
    .strictObject({
      enabled: flag("KEDA sets the number of workers; its CRDs must be there").optional(),
      prometheus: text("address of Prometheus; null = the server is asked itself").nullable().optional(),
    })
    .optional(),
  kind: z
    .strictObject({
      name: name("name of the cluster").optional(),
      apiPort: hostPort("the server").optional(),
      postgresPort: hostPort("the managed PostgreSQL").optional(),
      natsPort: hostPort("the managed NATS").optional(),
      natsMonitoringPort: hostPort("its monitoring").optional(),
    })
    .describe("a kind cluster to try it in: where its node ports are on this machine")
    .optional(),
  monitoring: z.strictObject({ scrape: flag("annotations for Prometheus").optional() }).optional(),
  networkPolicy: z
    .strictObject({
      enabled: flag("who may talk to server and workers").optional(),
      from: z.array(name("a namespace")).describe("namespaces that reach the server besides its own").optional(),
      metadata: flag("steps reach the metadata service of the cloud (169.254.169.254)").optional(),
    })
    .optional(),
  ingress: z
    .strictObject({
      host: text("name of the host; null = no Ingress").nullable().optional(),
      className: text("class of the Ingress").nullable().optional(),
      tlsSecret: text("Secret of its certificate").nullable().optional(),
      annotations: z.record(z.string(), z.string()).optional(),
    })
    .optional(),
  patches: z
    .array(
      z.strictObject({
        target: z.strictObject({ kind: text("for example Deployment"), name: text("* matches any text") }),
        merge: z.record(z.string(), z.unknown()).describe("JSON merge patch (RFC 7396)"),
      }),
    )
    .describe("what has no name of its own here")
    .optional(),
});

export type Overlay = z.infer<typeof overlay>;

type Complete<T> = T extends readonly unknown[]
  ? T
  : T extends object
    ? string extends keyof T
      ? { [K in keyof T]: Complete<Exclude<T[K], null | undefined>> }
      : { [K in keyof T]-?: Complete<Exclude<T[K], undefined>> }
    : T;

/** An overlay merged over its profile: nothing is missing, null means none. */
export type K8sConfig = Complete<Overlay>;
export type Pool = K8sConfig["workers"][string];
export type Resources = Pool["resources"];
export type ServerRole = "all" | "api" | "publisher" | "projector" | "system";
export type Profile = K8sConfig["profile"];
