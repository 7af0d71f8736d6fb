import { type CommandSet, entry } from "@noetl/sdk";

/** Images and Kubernetes. */
export const k8sCommands: CommandSet = {
  commands: {
    build: entry("build the container image", () => import("./commands/build.ts")),
    "k8s:deploy": entry("bring a cluster to what noetl.k8s.yaml says", () => import("./commands/k8s/deploy.ts")),
    "k8s:render": entry("print manifests or write a Helm chart", () => import("./commands/k8s/render.ts")),
  },
  aliases: {},
  topics: { k8s: "run server and workers on Kubernetes" },
};
