import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { NoetlError } from "@noetl/core";
import type { EngineName } from "../build/engine.ts";
import { engineReference } from "../build/reference.ts";
import { kindCluster, localKind } from "../cluster/local.ts";
import type { Call, Exec } from "../exec/index.ts";

export interface LoadOptions {
  ref: string;
  /** which engine has the image */
  engine: EngineName;
  /** context of kubectl */
  context: string;
  dryRun: boolean;
  onLine?: NonNullable<Call["onLine"]>;
}

/** How the nodes of a context get an image of this machine; undefined: they have it, or nobody can give it to them. */
export function loaderOf(context: string): "kind" | "minikube" | undefined {
  const kind = localKind(context);
  return kind === "docker-desktop" ? undefined : kind;
}

/** Brings an image to the nodes. Meaning `terminal` when the program says no. */
export async function loadImage(exec: Exec, options: LoadOptions): Promise<void> {
  const { ref, engine, context, onLine } = options;
  const run = async (...argv: [string, ...string[]]) => {
    const { code, stderr } = await exec({ argv, ...(onLine && { onLine }) });
    if (code === 0) return;
    throw new NoetlError("terminal", "IMAGE_LOAD_FAILED", `${argv.slice(0, 3).join(" ")}: ${lastWords(stderr, code)}`, {
      hint: `is ${ref} there (${engine} images), and does the cluster run (kind get clusters)?`,
    });
  };
  const cluster = kindCluster(context) ?? context;
  const minikube = loaderOf(context) === "minikube";
  if (engine === "docker") {
    if (minikube) return run("minikube", "image", "load", ref, "-p", cluster);
    return run("kind", "load", "docker-image", ref, "--name", cluster);
  }
  await withArchive(options, async (archive) => {
    const name = engineReference(ref, engine);
    if (engine === "podman") await run("podman", "save", "-o", archive, name);
    else await run("buildah", "push", name, `docker-archive:${archive}:${name}`);
    if (minikube) await run("minikube", "image", "load", archive, "-p", cluster);
    else await run("kind", "load", "image-archive", archive, "--name", cluster);
  });
}

/** Only Docker's store is known to kind; images of the others go there as a file. */
async function withArchive({ dryRun }: LoadOptions, work: (archive: string) => Promise<void>): Promise<void> {
  if (dryRun) return work(join(tmpdir(), "noetl-image.tar"));
  const folder = await mkdtemp(join(tmpdir(), "noetl-image-"));
  try {
    await work(join(folder, "image.tar"));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function lastWords(stderr: string, code: number): string {
  return stderr.trim().split("\n").at(-1) || `ended with exit code ${code}`;
}
