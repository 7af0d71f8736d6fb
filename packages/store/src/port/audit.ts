/** Who was given, or changed, which secret; never the secret itself. */
export interface SecretAccess {
  action: "read" | "sealed" | "write" | "delete" | "resolve" | "rotate" | "refused";
  /** `credential` or `keychain` */
  kind: string;
  name: string;
  /** worker or caller, as far as it said who it is */
  actor: string | null;
  execution_id: string | null;
}

export interface SecretAudit {
  record(access: SecretAccess): Promise<void>;
  /** Newest first. */
  list(filter: { name?: string; execution_id?: string; limit: number }): Promise<(SecretAccess & { at: number })[]>;
  /** Deletes what is older, ms since 1970; returns how many. */
  purge(before: number): Promise<number>;
}

/** Runs with a write to another system that nobody has confirmed yet (server-api §2.18). */
export interface Sinks {
  /** False when it was marked already. */
  mark(executionId: string, worker: string | null): Promise<boolean>;
  pending(executionId: string): Promise<{ worker_id: string | null; since: number } | undefined>;
  /** False when nothing was marked. */
  clear(executionId: string): Promise<boolean>;
}
