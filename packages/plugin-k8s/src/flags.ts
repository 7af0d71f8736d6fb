import { Flags } from "@noetl/sdk";
import { toolFlags } from "./command.ts";

/** Which cluster, which namespace, which configuration: of every `k8s` command. */
export const clusterFlags = {
  context: Flags.string({
    helpGroup: "GLOBAL",
    env: "NOETL_CONTEXT",
    description: "context of kubectl, or the NoETL context that names one; the current one of kubectl when not given",
  }),
  "kube-context": Flags.string({ description: "context of kubectl, whatever NoETL contexts there are" }),
  namespace: Flags.string({ char: "n", description: "namespace of server and workers" }),
  config: Flags.string({ helpValue: "FILE", description: "configuration; noetl.k8s.yaml when it is there" }),
  profile: Flags.option({ options: ["development", "production"] as const })({
    description: "what the configuration does not say",
  }),
};

/** Of those that change something. */
export const changeFlags = {
  ...clusterFlags,
  yes: Flags.boolean({ char: "y", description: "do not ask; with --context also for clusters of other machines" }),
  ...toolFlags,
};

export interface ClusterFlagValues {
  context?: string | undefined;
  "kube-context"?: string | undefined;
  namespace?: string | undefined;
  config?: string | undefined;
  profile?: "development" | "production" | undefined;
}
