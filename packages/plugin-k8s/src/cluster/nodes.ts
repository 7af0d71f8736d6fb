import { isNoetlError, isObject } from "@noetl/core";
import type { Exec } from "../exec/index.ts";
import { chooseContext } from "./choose.ts";
import { isTrusted } from "./guard.ts";
import { type Kubectl, type KubeObject, objectsOf, openKubectl } from "./kubectl.ts";

/** Platforms of the nodes, `linux/arm64`, one for each node. */
export async function nodePlatforms(kubectl: Kubectl): Promise<string[]> {
  return objectsOf(await kubectl.json(["get", "nodes"], { timeoutMs: 10_000 })).flatMap(platformOf);
}

function platformOf({ status }: KubeObject): string[] {
  const info = isObject(status) && isObject(status.nodeInfo) ? status.nodeInfo : {};
  return typeof info.architecture === "string"
    ? [`${String(info.operatingSystem ?? "linux")}/${info.architecture}`]
    : [];
}

export interface Mismatch {
  context: string;
  platforms: string[];
}

/**
 * Whether an image for these platforms would run on no node of the current cluster, when that is one of this machine (§2.1).
 * Undefined when it would, and when nobody can tell: a build does not depend on a cluster.
 */
export async function mismatch(
  exec: Exec,
  platform: string,
  env: { readonly [name: string]: string | undefined },
): Promise<Mismatch | undefined> {
  try {
    const context = await chooseContext(exec, { known: [] });
    if (!isTrusted(context, env)) return undefined;
    const platforms = [...new Set(await nodePlatforms(openKubectl(exec, context.name)))];
    const built = platform.split(",");
    const fits = platforms.length === 0 || platforms.some((one) => built.some((mine) => mine.startsWith(one)));
    return fits ? undefined : { context: context.name, platforms };
  } catch (error) {
    // No kubectl, no cluster, no permission: all of them are fine here. After Ctrl-C the build itself says so.
    if (isNoetlError(error)) return undefined;
    throw error;
  }
}
