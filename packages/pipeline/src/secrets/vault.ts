import type { Redactor } from "./redactor.ts";

/** A secret and until when it may be used, in ms since 1970. */
export interface Lease<T> {
  value: T;
  expires_at: number;
}

/** Secrets of this process, in memory only. Loading one thing twice at a time never happens (single flight). */
export interface Vault {
  readonly redactor: Redactor;
  /** The value under `key`, loaded anew when less than `margin` ms of its life remain. */
  lease<T>(key: string, options: { now: number; margin?: number }, load: () => Promise<Lease<T>>): Promise<T>;
}

/** Entries kept at most; the least recently used goes first. */
const KEPT = 1_000;

export function createVault(redactor: Redactor): Vault {
  const leases = new Map<string, Lease<unknown>>();
  const loading = new Map<string, Promise<Lease<unknown>>>();
  return {
    redactor,
    async lease<T>(key: string, { now, margin = 0 }: { now: number; margin?: number }, load: () => Promise<Lease<T>>) {
      const held = leases.get(key);
      if (held && held.expires_at - now > margin) {
        leases.delete(key);
        leases.set(key, held);
        return held.value as T;
      }
      let work = loading.get(key);
      if (!work) {
        work = load().finally(() => loading.delete(key));
        loading.set(key, work);
      }
      const lease = await work;
      leases.set(key, lease);
      const oldest = leases.keys().next().value;
      if (leases.size > KEPT && oldest !== undefined) leases.delete(oldest);
      return lease.value as T;
    },
  };
}
