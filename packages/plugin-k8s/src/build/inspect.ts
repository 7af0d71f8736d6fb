import type { Exec } from "../exec/index.ts";
import { type BuildPlan, severalPlatforms } from "./argv.ts";

export interface ImageFacts {
  digest: string | null;
  platform: string | null;
  size: number | null;
}

const NOTHING: ImageFacts = { digest: null, platform: null, size: null };

/** What the local store knows about a finished image. Nothing for one that went to a registry, and when the engine does not say. */
export async function inspectImage(exec: Exec, plan: BuildPlan & { dryRun: boolean }): Promise<ImageFacts> {
  const { engine, ref, push, dryRun, platform } = plan;
  if (dryRun || (push && engine === "docker") || severalPlatforms(platform)) return NOTHING;
  const { code, stdout } = await exec({
    argv:
      engine === "buildah"
        ? [
            "buildah",
            "inspect",
            "--type",
            "image",
            "--format",
            "{{.FromImageID}} {{.OCIv1.OS}}/{{.OCIv1.Architecture}}",
            ref,
          ]
        : [engine, "image", "inspect", "--format", "{{.Id}} {{.Os}}/{{.Architecture}} {{.Size}}", ref],
    reads: true,
  });
  const [id, built, bytes] = stdout.trim().split(/\s+/);
  if (code !== 0 || !id || !built) return NOTHING;
  const size = Number(bytes);
  return {
    digest: id.includes(":") ? id : `sha256:${id}`,
    platform: built,
    size: Number.isFinite(size) && bytes !== undefined ? size : null,
  };
}
