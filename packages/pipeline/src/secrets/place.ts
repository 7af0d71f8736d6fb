export interface KeychainPlace {
  name: string;
  catalog_id: string;
  scope: "global" | "shared";
  /** of a shared entry: the run at the root */
  execution_id?: string;
}

/**
 * Where a control plane keeps a shared keychain entry, from the pipeline's key `<name>:<catalog id>:global` or
 * `<name>:<catalog id>:shared:<root execution>`. Undefined for playbooks that are not in the catalog: nothing is shared there.
 */
export function keychainPlace(key: string): KeychainPlace | undefined {
  const [, name, catalog_id, scope, execution_id] = /^(.+):(\d+):(?:(global)|shared:(\d+))$/.exec(key) ?? [];
  if (name === undefined || catalog_id === undefined) return undefined;
  if (scope === "global") return { name, catalog_id, scope };
  return execution_id === undefined ? undefined : { name, catalog_id, scope: "shared", execution_id };
}
