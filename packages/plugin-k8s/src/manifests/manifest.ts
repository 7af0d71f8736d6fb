import type { IScaledObject } from "@kubernetes-models/keda/keda.sh/v1alpha1/ScaledObject";
import type { IDeployment } from "kubernetes-models/apps/v1/Deployment";
import type { IStatefulSet } from "kubernetes-models/apps/v1/StatefulSet";
import type { IJob } from "kubernetes-models/batch/v1/Job";
import type { IIngress } from "kubernetes-models/networking.k8s.io/v1/Ingress";
import type { INetworkPolicy } from "kubernetes-models/networking.k8s.io/v1/NetworkPolicy";
import type { IPodDisruptionBudget } from "kubernetes-models/policy/v1/PodDisruptionBudget";
import type { IRole } from "kubernetes-models/rbac.authorization.k8s.io/v1/Role";
import type { IRoleBinding } from "kubernetes-models/rbac.authorization.k8s.io/v1/RoleBinding";
import type { IConfigMap } from "kubernetes-models/v1/ConfigMap";
import type { INamespace } from "kubernetes-models/v1/Namespace";
import type { IPersistentVolumeClaim } from "kubernetes-models/v1/PersistentVolumeClaim";
import type { ISecret } from "kubernetes-models/v1/Secret";
import type { IService } from "kubernetes-models/v1/Service";
import type { IServiceAccount } from "kubernetes-models/v1/ServiceAccount";

/** An object of Kubernetes as it is applied; always with a name, and with a namespace unless it is one. */
export type Manifest =
  | INamespace
  | IServiceAccount
  | IRole
  | IRoleBinding
  | IConfigMap
  | ISecret
  | IPersistentVolumeClaim
  | IService
  | INetworkPolicy
  | IJob
  | IStatefulSet
  | IDeployment
  | IPodDisruptionBudget
  | IIngress
  | IScaledObject;

type Spec<T extends { spec?: unknown }> = NonNullable<T["spec"]>;
export type PodTemplate = Spec<IDeployment>["template"];
export type PodSpec = NonNullable<PodTemplate["spec"]>;
export type Container = PodSpec["containers"][number];
export type EnvVar = NonNullable<Container["env"]>[number];
export type Probe = NonNullable<Container["livenessProbe"]>;

/** The order in which they can be applied one after the other (§2.2). */
const ORDER: readonly Manifest["kind"][] = [
  "Namespace",
  "ServiceAccount",
  "Role",
  "RoleBinding",
  "ConfigMap",
  "Secret",
  "PersistentVolumeClaim",
  "Service",
  "NetworkPolicy",
  "StatefulSet",
  "Job",
  "Deployment",
  "PodDisruptionBudget",
  "Ingress",
  "ScaledObject",
];

export function inOrder(manifests: readonly Manifest[]): Manifest[] {
  return manifests.toSorted((a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind));
}
