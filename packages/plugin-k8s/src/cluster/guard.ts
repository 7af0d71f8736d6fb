import { NoetlError } from "@noetl/core";
import type { ChosenContext } from "./choose.ts";
import { answersHere, localKind } from "./local.ts";

export interface GuardOptions {
  env: { readonly [name: string]: string | undefined };
  /** `--yes` */
  yes: boolean;
  /** what is to be done, for the message: `deploy` */
  action: string;
}

/**
 * May this context be changed? One of a cluster of this machine may (or what `NOETL_ALLOWED_KUBE_CONTEXTS` lists in its
 * place); any other only when it was named and `--yes` given. Meaning `validation`, before anything was changed (§3).
 */
export function requireAllowed(context: ChosenContext, { env, yes, action }: GuardOptions): void {
  if (isTrusted(context, env) || (context.named && yes)) return;
  const { name, server } = context;
  const allowed = allowedNames(env)?.join(", ") ?? "kind-*, minikube, docker-desktop";
  const masked = localKind(name) !== undefined && !answersHere(context);
  const why = masked
    ? `its name says it is a cluster of this machine, but its API is at ${server || "no address"}`
    : `without being told only these are changed: ${allowed}`;
  throw new NoetlError(
    "validation",
    "KUBE_CONTEXT_GUARD",
    `noetl k8s ${action} does not touch context '${name}': ${why}`,
    {
      hint: `noetl k8s ${action} --context ${name} --yes, or another one: --context kind-noetl`,
    },
  );
}

/** Is it a cluster of this machine, or one the environment allows? */
export function isTrusted(context: ChosenContext, env: GuardOptions["env"]): boolean {
  const allowed = allowedNames(env);
  if (!localKind(context.name)) return allowed?.includes(context.name) === true;
  return (allowed === undefined || allowed.includes(context.name)) && answersHere(context);
}

function allowedNames(env: GuardOptions["env"]): string[] | undefined {
  const text = env.NOETL_ALLOWED_KUBE_CONTEXTS;
  if (text === undefined || text.trim() === "") return undefined;
  return text.split(",").map((name) => name.trim());
}
