import type { K8sConfig } from "../config/index.ts";
import type { Container, EnvVar, PodSpec, Probe } from "./manifest.ts";
import type { Labels } from "./names.ts";

export type Volumes = NonNullable<PodSpec["volumes"]>;
type VolumeMounts = NonNullable<Container["volumeMounts"]>;

/** The user of our image. */
const USER = 10_001;

/** Of every pod: no root, no capabilities, no more of the kernel than the runtime's default profile. */
export function podSecurity(user = USER): NonNullable<PodSpec["securityContext"]> {
  return {
    runAsNonRoot: true,
    runAsUser: user,
    runAsGroup: user,
    fsGroup: user,
    fsGroupChangePolicy: "OnRootMismatch",
    seccompProfile: { type: "RuntimeDefault" },
  };
}

export const containerSecurity: NonNullable<Container["securityContext"]> = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ["ALL"] },
};

/** Where a read-only container may write; gone with the pod. `/var/lib/noetl` is the data folder of the image. */
export const scratch: { mounts: VolumeMounts; volumes: Volumes } = {
  mounts: [
    { name: "tmp", mountPath: "/tmp" },
    { name: "home", mountPath: "/var/lib/noetl" },
  ],
  volumes: [
    { name: "tmp", emptyDir: {} },
    { name: "home", emptyDir: {} },
  ],
};

export const httpProbe = (path: string, port: string, times: Omit<Probe, "httpGet">): Probe => ({
  httpGet: { path, port },
  ...times,
});

/** A port and a page Prometheus finds by annotations. */
export function scraped({ monitoring }: K8sConfig, port: number): Labels {
  if (!monitoring.scrape) return {};
  return {
    "prometheus.io/scrape": "true",
    "prometheus.io/port": String(port),
    "prometheus.io/path": "/metrics",
  };
}

/** Image and how it is got; a name without a registry is only on the nodes themselves (§4.1). */
export function imageOf({ image, profile }: K8sConfig, ref: string): Pick<Container, "image" | "imagePullPolicy"> {
  const [first = ""] = ref.split("/");
  const local = !ref.includes("/") || (!/[.:]/.test(first) && first !== "localhost");
  const policy = profile === "development" && local ? "Never" : "IfNotPresent";
  return { image: ref, imagePullPolicy: image.pullPolicy ?? policy };
}

/** Of two variables of one name the later counts: Kubernetes refuses both. */
export function variables(...groups: readonly EnvVar[][]): EnvVar[] {
  return [...new Map(groups.flat().map((each) => [each.name, each])).values()];
}

export function envFrom(
  configMap: string,
  more: readonly { configMap?: string | undefined; secret?: string | undefined }[],
): NonNullable<Container["envFrom"]> {
  return [
    { configMapRef: { name: configMap } },
    ...more.flatMap(({ configMap: map, secret }) => [
      ...(map === undefined ? [] : [{ configMapRef: { name: map } }]),
      ...(secret === undefined ? [] : [{ secretRef: { name: secret } }]),
    ]),
  ];
}

export function pullSecrets({ image }: K8sConfig): Pick<PodSpec, "imagePullSecrets"> {
  return image.pullSecrets.length === 0 ? {} : { imagePullSecrets: image.pullSecrets.map((name) => ({ name })) };
}

type File = {
  secret?: string | undefined;
  configMap?: string | undefined;
  path: string;
  optional?: boolean | undefined;
};

/** Secrets and ConfigMaps as folders. */
export function mounted(files: readonly File[]): { mounts: VolumeMounts; volumes: Volumes } {
  const nameOf = (index: number) => `files-${index + 1}`;
  return {
    mounts: files.map(({ path }, index) => ({ name: nameOf(index), mountPath: path, readOnly: true })),
    volumes: files.map(({ secret, configMap, optional = false }, index) => ({
      name: nameOf(index),
      ...(secret === undefined
        ? { configMap: { name: configMap ?? "", optional } }
        : { secret: { secretName: secret, optional } }),
    })),
  };
}

/** Not all pods on one node when there are several. */
export const spread = (labels: Labels): NonNullable<PodSpec["topologySpreadConstraints"]> => [
  {
    maxSkew: 1,
    topologyKey: "kubernetes.io/hostname",
    whenUnsatisfiable: "ScheduleAnyway",
    labelSelector: { matchLabels: labels },
  },
];
