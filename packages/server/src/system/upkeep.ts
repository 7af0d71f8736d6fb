import type { ServerContext } from "../context.ts";
import type { Task } from "./tasks.ts";

/** Workers and servers that have not been heard of are offline (server-api §4.7). */
export function runtimeSweep({ store, clock, config, log }: ServerContext): Task {
  return {
    name: "runtime_sweeper",
    everyMs: config.system.runtimeMs,
    async run() {
      const gone = await store.runtimes.sweep(clock.now() - config.system.offlineMs);
      for (const name of gone) log.warn("not heard of for too long: offline", { name });
    },
  };
}

/** How long it is kept who was given which secret, ms. */
const AUDIT_MS = 90 * 86_400_000;

/** What has expired. */
export function collector({ store, clock, config, metrics }: ServerContext): Task {
  return {
    name: "collector",
    everyMs: config.system.collectMs,
    async run() {
      const now = clock.now();
      metrics.purged.inc({ table: "result_store" }, await store.results.collect(now));
      metrics.purged.inc({ table: "keychain" }, await store.keychain.collect(now));
      metrics.purged.inc({ table: "subscription_dedup" }, await store.dedup.collect(now));
      metrics.purged.inc({ table: "secret_audit" }, await store.secretAudit.purge(now - AUDIT_MS));
      metrics.purged.inc({ table: "outbox" }, await store.outbox.purge(now - config.outbox.keepMs));
    },
  };
}
