import { Flags } from "@noetl/sdk";
import { toolFlags } from "./command.ts";
import { type ConfigFlagValues, configFlags } from "./config/index.ts";

/** Which cluster, which namespace, which configuration: of every `k8s` command. */
export const clusterFlags = {
  context: Flags.string({
    helpGroup: "GLOBAL",
    env: "NOETL_CONTEXT",
    description: "context of kubectl, or the NoETL context that names one; the current one of kubectl when not given",
  }),
  "kube-context": Flags.string({ description: "context of kubectl, whatever NoETL contexts there are" }),
  config: configFlags.config,
  profile: configFlags.profile,
  namespace: configFlags.namespace,
};

/** Of those that change something. */
export const changeFlags = {
  ...clusterFlags,
  yes: Flags.boolean({ char: "y", description: "do not ask; with --context also for clusters of other machines" }),
  ...toolFlags,
};

export interface ClusterFlagValues extends Omit<ConfigFlagValues, "image-ref"> {
  context?: string | undefined;
  "kube-context"?: string | undefined;
}
