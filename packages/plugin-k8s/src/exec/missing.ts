import { stat } from "node:fs/promises";
import { NoetlError } from "@noetl/core";

const WHERE: { readonly [program: string]: string } = {
  docker: "install Docker (docs.docker.com/get-docker), or use --engine podman",
  podman: "install Podman (podman.io), or use --engine docker",
  buildah: "install Buildah (buildah.io), or use --engine docker",
  kind: "install kind (kind.sigs.k8s.io), or use an image of a registry: --image-ref REF --no-load",
  minikube: "install minikube, or use an image of a registry: --image-ref REF --no-load",
  kubectl: "install kubectl (kubernetes.io/docs/tasks/tools)",
  diff: "install diffutils",
};

/** There is no such program on the PATH, or no such folder to run it in. */
export async function missingProgram(program: string, cwd: string): Promise<NoetlError> {
  const there = await stat(cwd).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  if (!there) return new NoetlError("not_found", "E_FOLDER_MISSING", `there is no folder ${cwd}`);
  return new NoetlError("validation", "PROGRAM_MISSING", `there is no ${program} on the PATH`, {
    hint: WHERE[program] ?? `install ${program}`,
  });
}
