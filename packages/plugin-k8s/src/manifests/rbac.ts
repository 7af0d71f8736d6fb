import type { IRole } from "kubernetes-models/rbac.authorization.k8s.io/v1/Role";
import type { IRoleBinding } from "kubernetes-models/rbac.authorization.k8s.io/v1/RoleBinding";
import type { IServiceAccount } from "kubernetes-models/v1/ServiceAccount";
import type { Context } from "./context.ts";
import { own } from "./names.ts";

export const WORKER_ACCOUNT = "noetl-worker";

/** What steps of kind container do in a namespace: a Job with its files, its pods and their logs (§4.2, §4.3). */
const RULES: NonNullable<IRole["rules"]> = [
  { apiGroups: ["batch"], resources: ["jobs"], verbs: ["create", "get", "list", "watch", "delete", "patch"] },
  { apiGroups: ["batch"], resources: ["jobs/status"], verbs: ["get", "list", "watch"] },
  { apiGroups: [""], resources: ["pods"], verbs: ["get", "list", "watch"] },
  { apiGroups: [""], resources: ["pods/log"], verbs: ["get", "list"] },
  { apiGroups: [""], resources: ["configmaps", "secrets"], verbs: ["create", "get", "delete"] },
  { apiGroups: [""], resources: ["events"], verbs: ["get", "list"] },
];

/** The account of the workers; with rights only when `jobs` is on, and only where Jobs are made. */
export function rbac(context: Context): (IServiceAccount | IRole | IRoleBinding)[] {
  const account: IServiceAccount = {
    apiVersion: "v1",
    kind: "ServiceAccount",
    metadata: own(context, WORKER_ACCOUNT, "worker"),
    automountServiceAccountToken: false,
  };
  const { jobs, namespace } = context.config;
  if (!jobs.enabled) return [account];
  const metadata = (name: string) => ({ ...own(context, name, "worker"), namespace: jobs.namespace ?? namespace });
  const role: IRole = {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "Role",
    metadata: metadata(`${WORKER_ACCOUNT}-role`),
    rules: RULES,
  };
  const binding: IRoleBinding = {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "RoleBinding",
    metadata: metadata(`${WORKER_ACCOUNT}-rolebinding`),
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: `${WORKER_ACCOUNT}-role` },
    subjects: [{ kind: "ServiceAccount", name: WORKER_ACCOUNT, namespace }],
  };
  return [account, role, binding];
}
