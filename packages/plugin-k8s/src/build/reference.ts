import type { EngineName } from "./engine.ts";

export interface ImageName {
  registry: string;
  image: string;
  tag: string;
}

/** `local/noetl:TAG`: what manifests name. */
export function reference({ registry, image, tag }: ImageName): string {
  return `${registry === "" ? "" : `${registry}/`}${image}:${tag}`;
}

/**
 * The same for an engine. Podman and Buildah put `localhost/` before a name without a host, and a node, which reads it as
 * one of docker.io, would not find it (§11): they are given the whole name.
 */
export function engineReference(ref: string, engine: EngineName): string {
  const [host = ""] = ref.split("/");
  const hasHost = ref.includes("/") && (/[.:]/.test(host) || host === "localhost");
  if (engine === "docker" || hasHost) return ref;
  return `docker.io/${ref.includes("/") ? "" : "library/"}${ref}`;
}
