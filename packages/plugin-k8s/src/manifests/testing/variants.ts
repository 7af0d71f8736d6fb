import { type K8sConfig, type Profile, readConfig } from "../../config/index.ts";

/** Overlays that between them turn everything on and off that can be. */
export const VARIANTS: { name: string; profile: Profile; text: string }[] = [
  { name: "development", profile: "development", text: "" },
  { name: "production", profile: "production", text: "" },
  {
    name: "development, everything on",
    profile: "development",
    text: `
keda: { enabled: true }
networkPolicy: { enabled: true }
workers: { gpu-a: { pools: [gpu], nodeSelector: { gpu: "yes" }, tolerations: [{ key: gpu, operator: Exists }] } }
server: { layout: split }
database: { storage: { storageClass: fast } }
data: { storageClass: shared }
image: { pullSecrets: [registry], worker: "ghcr.io/noetl/noetl-worker:1" }
`,
  },
  {
    name: "development, everything off",
    profile: "development",
    text: `
jobs: { enabled: false }
nats: { mode: none }
database: { migrations: server, nodePort: null }
server: { nodePort: null }
data: { enabled: false }
monitoring: { scrape: false }
workers: { default: null }
`,
  },
  {
    name: "production, everything on",
    profile: "production",
    text: `
database: { url: "postgres://app@db.example/noetl", secret: { name: pg, key: password } }
nats: { url: null, account: NOETL }
data: { enabled: true, storageClass: shared }
ingress: { host: noetl.example, className: nginx, tlsSecret: tls, annotations: { a: b } }
keda: { prometheus: "http://prometheus.monitoring:9090" }
workers: { default: { env: { NOETL_INLINE_MAX_BYTES: "65536", X: "1" }, envFrom: [{ secret: creds }, { configMap: more }], files: [{ secret: gcs, path: /etc/gcs, optional: true }] } }
server: { env: { NOETL_TEMPLATE_ENV: "X" }, envFrom: [{ secret: oidc }], files: [{ configMap: ca, path: /etc/ca }] }
patches: [{ target: { kind: Deployment, name: "*" }, merge: { metadata: { annotations: { team: data } } } }]
`,
  },
  {
    name: "production, everything off",
    profile: "production",
    text: `
server: { layout: single }
nats: { mode: none }
keda: { enabled: false }
networkPolicy: { enabled: false }
database: { migrations: none }
workers: { system: null }
`,
  },
];

export const variant = ({ profile, text }: { profile: Profile; text: string }): K8sConfig =>
  readConfig({ file: "noetl.k8s.yaml", text, profile });
