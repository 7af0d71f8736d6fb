import { isObject, type JsonObject, NoetlError } from "@noetl/core";
import { z } from "zod";
import type { ServerContext } from "../context.ts";
import { type Route, route } from "../http/route.ts";
import { allSubscriptions } from "../subscriptions/subscriptions.ts";

/** What a program that receives web hooks has to know (server-api §2.18). */
export function ingressRoutes(context: ServerContext): Route[] {
  const { store } = context;
  return [
    route("GET", "/api/internal/ingress/:listener", {
      tag: "internal",
      summary: "Subscriptions whose source is this listener, with what they are dispatched to",
      guard: "internal",
      params: z.object({ listener: z.string().min(1) }),
      async handle({ params: { listener } }) {
        const found = [];
        for (const { subscription_id, path, catalog_id, state } of await allSubscriptions(store)) {
          const spec = specOf((await store.catalog.get({ catalog_id }))?.payload);
          if (spec.mode !== "push" || !namesOf(spec, path, subscription_id).includes(listener)) continue;
          const { source, mode, ingress = null, dispatch = null, spool = null } = spec;
          found.push({ subscription_id, path, catalog_id, state, source, mode, ingress, dispatch, spool });
        }
        if (found.length === 0) {
          throw new NoetlError("not_found", "LISTENER_NOT_FOUND", `no subscription listens as '${listener}'`, {
            hint: "a listener is spec.ingress.gateway_path or the catalog path with - for /, or the subscription's id",
          });
        }
        return { listener, count: found.length, subscriptions: found };
      },
    }),
  ];
}

function specOf(payload: unknown): JsonObject {
  return isObject(payload) && isObject(payload.spec) ? (payload.spec as JsonObject) : {};
}

/** By the path it is pushed to, by its own path, or by its id. */
function namesOf({ ingress }: JsonObject, path: string, id: string): string[] {
  const pushed = isObject(ingress) && typeof ingress.gateway_path === "string" ? [ingress.gateway_path] : [];
  return [...[...pushed, path].map((text) => text.replace(/^\/+/, "").replaceAll("/", "-")), id];
}
