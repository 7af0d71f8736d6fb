import { Flags } from "@noetl/sdk";

/** Flags of `k8s deploy` that `redeploy` and `reset` have, too. */
export const rolloutFlags = {
  "no-load": Flags.boolean({ description: "do not bring the image to the nodes: they have it, or get it themselves" }),
  "no-wait": Flags.boolean({ description: "do not wait until everything runs", exclusive: ["atomic"] }),
  "wait-timeout": Flags.string({
    default: "180s",
    helpValue: "180s",
    description: "how long the stores, the schema and the pods may take, each",
  }),
  atomic: Flags.boolean({ description: "when it fails, put back what was there before" }),
  diff: Flags.boolean({ description: "show every line that changes, before it does" }),
  "force-conflicts": Flags.boolean({ description: "take over fields that others have set" }),
};

export interface RolloutFlagValues {
  "no-load"?: boolean | undefined;
  "no-wait"?: boolean | undefined;
  "wait-timeout": string;
  atomic?: boolean | undefined;
  diff?: boolean | undefined;
  "force-conflicts"?: boolean | undefined;
}
