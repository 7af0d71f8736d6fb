import { Flags } from "@noetl/sdk";
import type { BuildOptions } from "./build.ts";
import { ENGINES, type EngineName } from "./engine.ts";

const engine = (description: string) => Flags.option({ options: ENGINES })({ env: "NOETL_BUILD_ENGINE", description });

/** Of commands that take an image somebody built. */
export const engineFlag = engine("which engine has the image; the one that built it when not given");

/** Flags of `build` that `k8s redeploy` and `k8s reset` have, too. */
export const buildFlags = {
  "no-cache": Flags.boolean({ description: "build every layer anew" }),
  platform: Flags.string({
    env: "NOETL_BUILD_PLATFORM",
    default: "linux/amd64",
    helpValue: "linux/amd64",
    description: "platform of the image: os/architecture, several with commas, or native",
  }),
  tag: Flags.string({ description: "tag in place of the made one" }),
  registry: Flags.string({ default: "local", description: "registry and path before the name" }),
  image: Flags.string({ default: "noetl", description: "name of the image" }),
  file: Flags.string({ char: "f", description: "Dockerfile; the nearest one upwards when not given" }),
  "context-dir": Flags.string({ description: "folder the engine gets to see" }),
  engine: engine("container engine; the first that answers when not given"),
};

export interface BuildFlagValues {
  "no-cache"?: boolean | undefined;
  platform: string;
  tag?: string | undefined;
  registry: string;
  image: string;
  file?: string | undefined;
  "context-dir"?: string | undefined;
  engine?: EngineName | undefined;
}

export function buildOptions(flags: BuildFlagValues): Omit<BuildOptions, "push" | "dryRun"> {
  const { platform, tag, registry, image, file, engine } = flags;
  return {
    noCache: flags["no-cache"] === true,
    platform,
    tag,
    registry,
    image,
    file,
    contextDir: flags["context-dir"],
    engine,
  };
}
