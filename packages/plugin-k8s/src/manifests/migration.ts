import type { IJob } from "kubernetes-models/batch/v1/Job";
import type { Context } from "./context.ts";
import type { PodSpec } from "./manifest.ts";
import { host, labels, own, SERVER_CONFIG } from "./names.ts";
import { containerSecurity, envFrom, imageOf, podSecurity, pullSecrets, scratch } from "./pod.ts";
import { configMaps, databaseSecrets } from "./settings.ts";

/**
 * Brings the schema up to date, once for every image and every database. A Job cannot be changed, so another one has another
 * name; the old ones go after a day.
 */
export function migration(context: Context): IJob[] {
  const { config } = context;
  if (config.database.migrations !== "job") return [];
  const spec = podSpec(context);
  const of = context.digest("migration", [spec, configMaps(context)[0]?.data]);
  const app = { app: "noetl-migrate" };
  return [
    {
      apiVersion: "batch/v1",
      kind: "Job",
      metadata: own(context, `noetl-migrate-${of}`, "migration", app),
      spec: {
        backoffLimit: 10,
        activeDeadlineSeconds: 600,
        ttlSecondsAfterFinished: 86_400,
        template: { metadata: { labels: { ...app, ...labels(context, "migration") } }, spec },
      },
    },
  ];
}

function podSpec({ config }: Context): PodSpec {
  const { database, image } = config;
  return {
    restartPolicy: "OnFailure",
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    securityContext: podSecurity(),
    ...pullSecrets(config),
    // Both start at the same time, and a Job that failed waits longer each time.
    ...(database.mode === "managed" && {
      initContainers: [
        {
          name: "wait",
          image: database.image,
          command: ["sh", "-c", `until pg_isready -q -h ${host("postgres", database.namespace)}; do sleep 1; done`],
          resources: { requests: { cpu: "10m", memory: "16Mi" }, limits: { cpu: "100m", memory: "64Mi" } },
          securityContext: containerSecurity,
        },
      ],
    }),
    containers: [
      {
        name: "migrate",
        ...imageOf(config, image.ref),
        args: ["db", "init", "--direct"],
        envFrom: envFrom(SERVER_CONFIG, []),
        env: databaseSecrets(config),
        resources: { requests: { cpu: "50m", memory: "128Mi" }, limits: { cpu: "1", memory: "512Mi" } },
        securityContext: containerSecurity,
        volumeMounts: scratch.mounts,
      },
    ],
    volumes: scratch.volumes,
  };
}
