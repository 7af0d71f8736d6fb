import type { JsonObject } from "@noetl/core";

export interface KeychainKey {
  name: string;
  catalog_id: string;
  scope: "local" | "shared" | "global";
  /** needed for local and shared */
  execution_id?: string;
}

export interface KeychainRecord {
  cache_key: string;
  name: string;
  catalog_id: string;
  credential_type: string;
  cache_type: "secret" | "token";
  scope: KeychainKey["scope"];
  execution_id: string | null;
  expires_at: number;
  created_at: number;
  accessed_at: number;
  access_count: number;
  auto_renew: boolean;
  renew_config: JsonObject | null;
}

/** Tokens and secrets a playbook resolved (server-api §2.11); `data` is encrypted at rest and never listed. */
export interface Keychain {
  put(
    key: KeychainKey,
    entry: {
      data: JsonObject;
      credential_type: string;
      cache_type?: "secret" | "token";
      /** seconds; default 3600 for local, else 86400 */
      ttl?: number;
      expires_at?: number;
      auto_renew?: boolean;
      renew_config?: JsonObject;
      parent_execution_id?: string;
    },
  ): Promise<KeychainRecord>;
  /** Also expired ones, for renewal: look at `expires_at`. Counts the access. */
  get(key: KeychainKey): Promise<(KeychainRecord & { data: JsonObject }) | undefined>;
  list(catalogId: string): Promise<KeychainRecord[]>;
  delete(key: KeychainKey): Promise<boolean>;
  /** Deletes what expired and does not renew itself; returns how many. */
  collect(now: number): Promise<number>;
}
