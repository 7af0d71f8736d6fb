import type { CommandSet } from "@noetl/sdk";

/** Images and Kubernetes. */
export const k8sCommands: CommandSet = {
  commands: {},
  aliases: {},
  topics: {},
};
