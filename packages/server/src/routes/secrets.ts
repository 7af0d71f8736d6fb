import { z } from "zod";
import type { ServerContext } from "../context.ts";
import { type Route, route } from "../http/route.ts";
import { count, id } from "../http/schemas.ts";
import { timeOf } from "../wire/times.ts";

/** Keys of the secrets at rest, and who was given which (server-api §2.18, §7.1). No answer holds a key or a secret. */
export function secretRoutes({ store, metrics }: ServerContext): Route[] {
  const guard = "internal" as const;
  return [
    route("POST", "/api/internal/wallet/rotate-kek", {
      tag: "internal",
      summary:
        "Wrap every secret again under the current key; with `fresh` under a new one, where the server makes its own",
      guard,
      body: z.object({ fresh: z.boolean().optional() }).optional(),
      async handle({ body }) {
        const { rewrapped, renewed } = await store.rekey({ fresh: body?.fresh ?? false }).catch((error: unknown) => {
          metrics.walletRotations.inc({ outcome: "error" });
          throw error;
        });
        metrics.walletRotations.inc({ outcome: "ok" });
        await store.secretAudit.record({
          action: "rotate",
          kind: "wallet",
          name: "*",
          actor: null,
          execution_id: null,
        });
        return { status: "ok", rewrapped, renewed };
      },
    }),
    route("GET", "/api/internal/wallet/key-status", {
      tag: "internal",
      summary: "How many secrets stand under which key, and how many rotation would wrap again",
      guard,
      async handle() {
        const { current, source, readable, records, stale } = await store.keyStatus();
        const total = Object.values(records).reduce((sum, each) => sum + each, 0);
        return { status: "ok", alg: "AES-256-GCM", current, source, readable, records, total, stale };
      },
    }),
    route("GET", "/api/internal/secret-audit", {
      tag: "internal",
      summary: "Who was given, or changed, which secret; newest first",
      guard,
      query: z.object({ name: z.string().optional(), execution_id: id.optional(), limit: count(1, 1_000, 100) }),
      async handle({ query: { name, execution_id, limit } }) {
        const found = await store.secretAudit.list({
          limit,
          ...(name === undefined ? {} : { name }),
          ...(execution_id === undefined ? {} : { execution_id }),
        });
        return { entries: found.map(({ at, ...access }) => ({ ...access, at: timeOf(at) })), count: found.length };
      },
    }),
  ];
}
