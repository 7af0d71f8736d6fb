import type { Palette } from "@noetl/sdk";
import type { Built } from "./build.ts";
import type { Engine } from "./engine.ts";
import type { Project } from "./project.ts";
import { TAG_FILE } from "./tag-file.ts";

/** Before the engine's own lines. */
export function beginningText(
  plan: { ref: string; platform: string; engine: Engine; project: Project },
  paint: Palette,
): string {
  const { ref, platform, engine, project } = plan;
  return [
    `Building ${paint.bold(ref)}`,
    `  platform    ${platform}`,
    `  engine      ${engine.name} ${engine.version || "(does not answer)"}`,
    `  dockerfile  ${project.dockerfile}`,
  ].join("\n");
}

/** After them. */
export function builtText(built: Built, paint: Palette): string {
  const { ref, platform, digest, size, pushed, duration_ms, root } = built;
  return [
    `${paint.green("built")} ${ref} for ${platform} in ${(duration_ms / 1_000).toFixed(1)} s`,
    ...(digest === null ? [] : [`  ${digest}${size === null ? "" : `, ${(size / 1_000_000).toFixed(0)} MB`}`]),
    `  ${pushed ? "pushed to its registry" : "in the local store"}; the tag stands in ${root}/${TAG_FILE}`,
    `  next: noetl k8s deploy`,
  ].join("\n");
}
