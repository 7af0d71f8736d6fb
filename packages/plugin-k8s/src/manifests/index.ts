import type { K8sConfig } from "../config/index.ts";
import { type Context, type Derived, plainly } from "./context.ts";
import { ingress } from "./ingress.ts";
import { inOrder, type Manifest } from "./manifest.ts";
import { migration } from "./migration.ts";
import { namespaces } from "./namespaces.ts";
import { nats } from "./nats.ts";
import { networkPolicies } from "./network.ts";
import { patched } from "./patch.ts";
import { postgres } from "./postgres.ts";
import { rbac } from "./rbac.ts";
import { scaledObjects } from "./scaling.ts";
import { secrets } from "./secrets.ts";
import { serverBudgets, serverServices, servers } from "./server.ts";
import { configMaps } from "./settings.ts";
import { dataClaim, workerBudgets, workers } from "./worker.ts";

export { type Derived, plainly } from "./context.ts";
export type { Manifest } from "./manifest.ts";
export { expectedSecrets, GENERATED_KEYS, keysSecret } from "./secrets.ts";

/** What an object belongs to: NoETL itself, or the PostgreSQL or NATS of a development cluster. */
export type Part = "noetl" | "postgres" | "nats";

/**
 * Everything a configuration stands for, in an order in which it can be applied. The same configuration gives the same
 * objects. The Secret `config.secrets.keys` is not among them: see `keysSecret`. Meaning `validation`: a patch fits nothing.
 */
export function manifests(config: K8sConfig, derived: Derived = plainly): Manifest[] {
  const context: Context = { config, ...derived };
  const all: Manifest[] = [
    ...namespaces(context),
    ...postgres(context),
    ...nats(context),
    ...rbac(context),
    ...configMaps(context),
    ...secrets(context),
    ...dataClaim(context),
    ...serverServices(context),
    ...networkPolicies(context),
    ...migration(context),
    ...servers(context),
    ...workers(context),
    ...serverBudgets(context),
    ...workerBudgets(context),
    ...ingress(context),
    ...scaledObjects(context),
  ];
  return patched(inOrder(all), config.patches);
}

export function partOf({ metadata }: Manifest): Part {
  const name = metadata?.labels?.["app.kubernetes.io/name"];
  return name === "postgres" || name === "nats" ? name : "noetl";
}
export { jsonList, yamlStream, yamlText } from "./print.ts";
