import type { K8sConfig, ServerRole } from "../config/index.ts";
import type { Context } from "./context.ts";

export const SERVER_PORT = 8082;
export const WORKER_PORT = 9090;
/** Streams and durable consumers of JetStream; `bus` makes `{CONSUMER}_{pool}` for each pool but `legacy`. */
export const STREAM = "NOETL_COMMANDS";
export const CONSUMER = "noetl_worker_pool";

export const SERVER_CONFIG = "noetl-server-config";
export const WORKER_CONFIG = "noetl-worker-config";
export const SERVICE = "noetl";

export type Labels = { [name: string]: string };

/** `noetl-server` answers requests, whatever the layout is. */
export const serverName = (role: ServerRole): string =>
  role === "all" || role === "api" ? "noetl-server" : `noetl-${role}`;

export const workerName = (pool: string): string => (pool === "default" ? "noetl-worker" : `noetl-worker-${pool}`);

export const rolesOf = ({ server }: K8sConfig): readonly ServerRole[] =>
  server.layout === "single" ? ["all"] : ["api", "publisher", "projector", "system"];

/** Address inside of the cluster. */
export const serverUrl = ({ namespace }: K8sConfig): string => `http://${host(SERVICE, namespace)}:${SERVER_PORT}`;

export const host = (service: string, namespace: string): string => `${service}.${namespace}.svc.cluster.local`;

/** Labels of an object; `component` is what it belongs to: server, publisher, worker, database… */
export function labels({ managedBy }: Context, component: string, app = "noetl"): Labels {
  return {
    "app.kubernetes.io/name": app,
    "app.kubernetes.io/component": component,
    "app.kubernetes.io/part-of": "noetl",
    "app.kubernetes.io/managed-by": managedBy,
  };
}

/** Metadata of an object in the namespace of server and workers. */
export function own(context: Context, name: string, component: string, more: Labels = {}) {
  return {
    name,
    namespace: context.config.namespace,
    labels: { ...more, ...labels(context, component) },
  };
}
