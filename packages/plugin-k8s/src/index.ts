import { type CommandSet, entry } from "@noetl/sdk";

/** Images and Kubernetes. */
export const k8sCommands: CommandSet = {
  commands: {
    build: entry("build the container image", () => import("./commands/build.ts")),
    "k8s:deploy": entry("bring a cluster to what noetl.k8s.yaml says", () => import("./commands/k8s/deploy.ts")),
    "k8s:redeploy": entry("build the image and deploy it", () => import("./commands/k8s/redeploy.ts")),
    "k8s:remove": entry("delete server and workers from a cluster", () => import("./commands/k8s/remove.ts")),
    "k8s:reset": entry("empty the database and deploy anew", () => import("./commands/k8s/reset.ts")),
    "k8s:status": entry("show what runs in a cluster", () => import("./commands/k8s/status.ts")),
    "k8s:logs": entry("print the logs of all pods of a part", () => import("./commands/k8s/logs.ts")),
    "k8s:diff": entry("show what a deploy would change", () => import("./commands/k8s/diff.ts")),
    "k8s:scale": entry("change how many pods a part has", () => import("./commands/k8s/scale.ts")),
    "k8s:exec": entry("run a program in a pod", () => import("./commands/k8s/exec.ts")),
    "k8s:port-forward": entry(
      "reach the server of a cluster from this machine",
      () => import("./commands/k8s/port-forward.ts"),
    ),
    "k8s:render": entry("print manifests or write a Helm chart", () => import("./commands/k8s/render.ts")),
  },
  aliases: {},
  topics: { k8s: "run server and workers on Kubernetes" },
};
