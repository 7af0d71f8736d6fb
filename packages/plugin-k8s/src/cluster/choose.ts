import { NoetlError } from "@noetl/core";
import type { Context } from "@noetl/sdk";
import type { Exec } from "../exec/index.ts";
import { type KubeContext, readKubeconfig } from "./kubeconfig.ts";

export interface ContextWish {
  /** `--kube-context` */
  kubeContext?: string | undefined;
  /** `--context` as it was typed: a NoETL context that names one of kubectl, else one of kubectl itself */
  context?: string | undefined;
  /** contexts of NoETL */
  known: readonly Context[];
}

export interface ChosenContext extends KubeContext {
  /** it was named on the command line */
  named: boolean;
  /** namespace of the NoETL context that led here */
  namespace?: string;
}

/** The context of kubectl to work in; the current one when none is named. Meaning `validation` when there is none. */
export async function chooseContext(exec: Exec, wish: ContextWish): Promise<ChosenContext> {
  const own = wish.known.find(({ name }) => name === wish.context);
  const asked = wish.kubeContext ?? own?.kubeContext ?? wish.context;
  const { current, contexts } = await readKubeconfig(exec);
  const name = asked ?? current;
  if (name === undefined) {
    throw new NoetlError("validation", "KUBE_CONTEXT_MISSING", "kubectl has no current context", {
      hint: `${contexts.length === 0 ? CREATE : `--context names one of ${contexts.map((one) => one.name).join(", ")}`}`,
    });
  }
  const found = contexts.find((one) => one.name === name);
  if (!found) {
    const others = contexts.map((one) => one.name).join(", ");
    throw new NoetlError(
      "validation",
      "KUBE_CONTEXT_UNKNOWN",
      `kubectl knows no context '${name}'${others === "" ? "" : `, only ${others}`}`,
      { hint: name.startsWith("kind-") ? CREATE : "kubectl config get-contexts" },
    );
  }
  return {
    ...found,
    named: asked !== undefined,
    ...(wish.kubeContext === undefined && own?.kubeNamespace !== undefined && { namespace: own.kubeNamespace }),
  };
}

const CREATE = "make a cluster of this machine: noetl k8s render --format kind | kind create cluster --config -";
