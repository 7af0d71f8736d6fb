import { Flags } from "@noetl/sdk";
import type { ConfigSources } from "./file.ts";
import type { Overlay, Profile } from "./shape.ts";

const PROFILES: readonly Profile[] = ["development", "production"];

/** What every command says that is about a configuration. */
export const configFlags = {
  config: Flags.string({
    helpValue: "FILE",
    description: "what differs from the profile; noetl.k8s.yaml of this folder when it is there",
  }),
  profile: Flags.option({ options: PROFILES })({
    description: "what is said where nothing is said; development by default",
  }),
  "image-ref": Flags.string({ helpValue: "IMAGE", description: "image of server and workers" }),
  namespace: Flags.string({ char: "n", description: "namespace of server and workers" }),
};

export interface ConfigFlagValues {
  config?: string | undefined;
  profile?: Profile | undefined;
  "image-ref"?: string | undefined;
  namespace?: string | undefined;
}

/** Flags as sources of `loadConfig`, in a folder. */
export function configSources(flags: ConfigFlagValues, folder: string): ConfigSources {
  const ref = flags["image-ref"];
  const given: Overlay = {
    ...(flags.namespace !== undefined && { namespace: flags.namespace }),
    ...(ref !== undefined && { image: { ref } }),
  };
  return { file: flags.config, folder, profile: flags.profile, given };
}
