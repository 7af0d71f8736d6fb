import type { K8sConfig, Pool, Profile, Resources } from "./shape.ts";

/** What the playbooks of operators replace (§4); `--image-ref` or `image.ref` gives a real one. */
export const PLACEHOLDER_IMAGE = "image_name:image_tag";

const resources = (cpu: string, memory: string, mostCpu: string, mostMemory: string): Resources => ({
  requests: { cpu, memory },
  limits: { cpu: mostCpu, memory: mostMemory },
});

/** Of every pool, before its own settings. Python and shell steps are children of the pod: its limits hold for them too (§4.3). */
export const poolDefaults: Pool = {
  pools: ["shared"],
  replicas: 2,
  capacity: 8,
  drainSeconds: 50,
  resources: resources("100m", "256Mi", "1", "1Gi"),
  // Activation by more than 1, as §6 has it, would leave a single command without a pod forever where min is 0.
  scale: { min: 1, max: 20, lag: 10, activation: 0, pollingSeconds: 10, cooldownSeconds: 300 },
  env: {},
  envFrom: [],
  files: [],
  nodeSelector: {},
  tolerations: [],
};

const background = { replicas: 1, resources: resources("50m", "128Mi", "1", "512Mi") };

/** One small cluster on this machine: kind, minikube, docker-desktop (§4.2, §4.4, §4.5). */
const development: K8sConfig = {
  profile: "development",
  namespace: "noetl",
  image: { ref: PLACEHOLDER_IMAGE, worker: null, pullPolicy: null, pullSecrets: [] },
  log: { level: "info", format: "text" },
  secrets: { keys: "noetl-keys", passwords: "noetl-secret" },
  server: {
    layout: "single",
    open: true,
    nodePort: 30_082,
    all: { replicas: 1, resources: resources("100m", "256Mi", "2", "1Gi") },
    api: { replicas: 1, resources: resources("100m", "256Mi", "2", "1Gi") },
    publisher: background,
    projector: background,
    system: background,
    env: {},
    envFrom: [],
    files: [],
  },
  workers: { default: { ...poolDefaults, pools: ["shared", "legacy", "python", "system", "subscription"] } },
  jobs: { enabled: true, namespace: null },
  data: { enabled: true, size: "10Gi", storageClass: null, mode: "ReadWriteOnce" },
  database: {
    mode: "managed",
    migrations: "job",
    url: null,
    secret: { name: "noetl-secret", key: "POSTGRES_PASSWORD" },
    namespace: "postgres",
    image: "postgres:17.4",
    nodePort: 30_321,
    storage: { size: "5Gi", storageClass: null },
    resources: resources("250m", "512Mi", "1", "2Gi"),
  },
  nats: {
    mode: "managed",
    url: null,
    secret: { name: "noetl-secret" },
    account: "NOETL",
    monitoring: null,
    namespace: "nats",
    image: "nats:2.11-alpine",
    nodePort: 30_422,
    monitoringNodePort: 30_822,
    storage: { size: "5Gi", storageClass: null },
    resources: resources("100m", "256Mi", "1", "2Gi"),
  },
  keda: { enabled: false, prometheus: null },
  kind: { name: "noetl", apiPort: 8082, postgresPort: 54_321, natsPort: 30_422, natsMonitoringPort: 30_822 },
  monitoring: { scrape: true },
  networkPolicy: { enabled: false, from: [], metadata: true },
  ingress: { host: null, className: null, tlsSecret: null, annotations: {} },
  patches: [],
};

/** A cluster others depend on: roles apart, tokens, database and broker that exist, KEDA, network policies. */
const production: K8sConfig = {
  ...development,
  profile: "production",
  log: { level: "info", format: "json" },
  server: {
    ...development.server,
    layout: "split",
    open: false,
    nodePort: null,
    api: { replicas: 2, resources: resources("500m", "512Mi", "2", "2Gi") },
  },
  workers: {
    default: { ...poolDefaults, pools: ["shared", "legacy", "python"], scale: { ...poolDefaults.scale, min: 2 } },
    system: {
      ...poolDefaults,
      pools: ["system", "subscription"],
      replicas: 1,
      scale: { ...poolDefaults.scale, max: 5 },
    },
  },
  // Who may make a pod in a namespace can read every Secret of it.
  jobs: { enabled: true, namespace: "noetl-jobs" },
  data: { enabled: false, size: "10Gi", storageClass: null, mode: "ReadWriteMany" },
  database: {
    ...development.database,
    mode: "external",
    secret: { name: "noetl-secret", key: "NOETL_DATABASE_URL" },
    nodePort: null,
  },
  // Where the chart of NATS puts it when its namespace and release are called nats.
  nats: {
    ...development.nats,
    mode: "external",
    url: "nats://nats.nats.svc.cluster.local:4222",
    account: "$G",
    monitoring: "nats.nats.svc.cluster.local:8222",
    nodePort: null,
    monitoringNodePort: null,
  },
  keda: { enabled: true, prometheus: null },
  networkPolicy: { enabled: true, from: ["ingress-nginx", "keda", "monitoring"], metadata: false },
};

export const profiles: { readonly [name in Profile]: K8sConfig } = { development, production };
