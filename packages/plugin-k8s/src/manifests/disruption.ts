import type { IPodDisruptionBudget } from "kubernetes-models/policy/v1/PodDisruptionBudget";
import type { Context } from "./context.ts";
import { type Labels, own } from "./names.ts";

/** A node that is emptied takes one pod at a time. Unlike a least number, it never stops the node when there is one pod only. */
export function disruptionBudget(
  context: Context,
  name: string,
  component: string,
  matchLabels: Labels,
): IPodDisruptionBudget {
  return {
    apiVersion: "policy/v1",
    kind: "PodDisruptionBudget",
    metadata: own(context, name, component),
    spec: { maxUnavailable: 1, selector: { matchLabels } },
  };
}
