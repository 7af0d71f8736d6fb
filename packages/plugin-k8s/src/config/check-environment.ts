import type { Contradiction } from "./problem.ts";
import type { K8sConfig } from "./shape.ts";

/** Names whose values are nobody's to read. */
const SECRET = /(TOKEN|PASSWORD|SECRET|ENCRYPTION_KEY(_PREVIOUS)?|DATABASE_URL)$|^NOETL_CREDENTIAL_/;

/** Variables with a place of their own: probes, drains, ports and scalers go by that place. */
const GOVERNED: { readonly [name: string]: string } = {
  NOETL_WORKER_DRAIN_SECONDS: "drainSeconds",
  NOETL_WORKER_MAX_INFLIGHT_COMMANDS: "capacity",
  WORKER_MAX_CONCURRENT: "capacity",
  NOETL_WORKER_POOL_SEGMENTS: "pools",
  NATS_FILTER_SUBJECT: "pools",
  NATS_URL: "nats.url",
  NATS_STREAM: "nats",
  NATS_CONSUMER: "nats",
  POSTGRES_HOST: "database.url",
  NOETL_LOG_LEVEL: "log.level",
  NOETL_LOG_FORMAT: "log.format",
  NOETL_HOST: "server",
  NOETL_PORT: "server",
  NOETL_SERVER_URL: "namespace",
  NOETL_WORKER_METRICS_PORT: "monitoring",
  WORKER_METRICS_BIND: "monitoring",
};

/** Variables a person adds that would show a secret, or say something else than the configuration does. */
export function environments({ server, workers, profile }: K8sConfig): Contradiction[] {
  const places: [path: string[], env: { [name: string]: string }][] = [
    [["server", "env"], server.env],
    ...Object.entries(workers).map(([name, { env }]): [string[], { [name: string]: string }] => [
      ["workers", name, "env"],
      env,
    ]),
  ];
  return places.flatMap(([path, env]) =>
    Object.keys(env).flatMap((name): Contradiction[] => {
      const governed = GOVERNED[name];
      if (governed !== undefined) {
        return [{ path: [...path, name], message: "it is set from elsewhere", hint: `see ${governed}` }];
      }
      if (profile !== "production" || !SECRET.test(name)) return [];
      return [
        {
          path: [...path, name],
          message: "a secret would be shown",
          hidden: true,
          hint: "put it into a Secret that envFrom names",
        },
      ];
    }),
  );
}
