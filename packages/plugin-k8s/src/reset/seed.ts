import { NoetlError } from "@noetl/core";
import type { Kubectl } from "../cluster/kubectl.ts";
import type { K8sConfig } from "../config/index.ts";
import type { Exec } from "../exec/index.ts";
import { withForward } from "../observe/forward.ts";
import { secretValue } from "./database.ts";

export interface SeedOptions {
  /** how to run this program again */
  self: readonly [string, ...string[]];
  /** file or folder of playbooks and credentials */
  path: string;
  onLine(line: string, from: "stdout" | "stderr"): void;
}

/** Registers playbooks and credentials of a folder with the server of the cluster, through a free port of this machine. */
export async function seed(exec: Exec, kubectl: Kubectl, config: K8sConfig, options: SeedOptions): Promise<void> {
  const { namespace, secrets, server } = config;
  const token = server.open
    ? undefined
    : await secretValue(kubectl, namespace, { name: secrets.keys, key: "NOETL_API_TOKEN" });
  await withForward(kubectl, { target: "svc/noetl", namespace, port: 8082 }, async (port) => {
    const { code } = await exec({
      argv: [...options.self, "catalog", "register", options.path, "--server-url", `http://127.0.0.1:${port}`],
      ...(token !== undefined && { env: { NOETL_API_TOKEN: token } }),
      onLine: options.onLine,
      forget: true,
    });
    if (code === 0) return;
    throw new NoetlError("terminal", "SEED_FAILED", `not everything of ${options.path} was registered`, {
      hint: "the reasons stand above; noetl catalog register --help",
    });
  });
}
