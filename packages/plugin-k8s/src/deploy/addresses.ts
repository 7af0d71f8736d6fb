import { isNoetlError, isObject } from "@noetl/core";
import type { KubeObject } from "../cluster/kubectl.ts";
import { kindCluster, localKind } from "../cluster/local.ts";
import type { Exec } from "../exec/index.ts";

/**
 * Addresses of the server on this machine: where kind publishes its node port (asked of the engine that runs the node), the
 * node port itself with docker-desktop. Empty when nothing leads there.
 */
export async function addresses(exec: Exec, context: string, objects: readonly KubeObject[]): Promise<string[]> {
  const port = nodePort(objects, "noetl-ext");
  if (port === undefined) return [];
  if (localKind(context) === "docker-desktop") return [`http://localhost:${port}`];
  const cluster = kindCluster(context);
  if (cluster === undefined) return [];
  for (const engine of ["docker", "podman"]) {
    const { code, stdout } = await exec({
      argv: [engine, "port", `${cluster}-control-plane`, `${port}/tcp`],
      reads: true,
      timeoutMs: 10_000,
    }).catch((error: unknown) => {
      if (isNoetlError(error) && error.code === "PROGRAM_MISSING") return { code: 1, stdout: "" };
      throw error;
    });
    const [first] = stdout.trim().split("\n");
    const published = /:(\d+)$/.exec(first ?? "")?.[1];
    if (code === 0 && published !== undefined) return [`http://localhost:${published}`];
  }
  return [];
}

function nodePort(objects: readonly KubeObject[], service: string): number | undefined {
  const found = objects.find(({ kind, metadata }) => kind === "Service" && metadata.name === service);
  const ports = isObject(found?.spec) && Array.isArray(found.spec.ports) ? found.spec.ports.filter(isObject) : [];
  const port = ports[0]?.nodePort;
  return typeof port === "number" ? port : undefined;
}
