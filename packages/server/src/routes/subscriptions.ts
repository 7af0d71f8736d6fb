import { NoetlError } from "@noetl/core";
import { z } from "zod";
import type { ServerContext } from "../context.ts";
import { type Route, route } from "../http/route.ts";
import { id } from "../http/schemas.ts";
import { allSubscriptions, keepSubscription, type State, type Subscription } from "../subscriptions/subscriptions.ts";

/** action → from which states, to which, under which name (server-api §2.18) */
const ACTIONS: { readonly [action: string]: { from: readonly State[]; to: State; event: string } } = {
  activate: { from: ["REGISTERED", "PAUSED", "DEACTIVATED"], to: "ACTIVE", event: "subscription.activated" },
  pause: { from: ["ACTIVE"], to: "PAUSED", event: "subscription.paused" },
  resume: { from: ["PAUSED"], to: "ACTIVE", event: "subscription.resumed" },
  drain: { from: ["ACTIVE", "PAUSED"], to: "DRAINING", event: "subscription.draining" },
  deactivate: {
    from: ["REGISTERED", "ACTIVE", "PAUSED", "DRAINING"],
    to: "DEACTIVATED",
    event: "subscription.deactivated",
  },
};

/** Whether a worker should listen to a source; the listening is the worker's (server-api §2.18). */
export function subscriptionRoutes(context: ServerContext): Route[] {
  const { store, ids, clock } = context;

  const all = () => allSubscriptions(store);
  const put = (subscription: Omit<Subscription, "updated_at">) => keepSubscription(store, subscription, clock.now());

  async function find(key: string): Promise<Subscription> {
    const found = (await all()).find((each) => each.subscription_id === key);
    if (!found) throw new NoetlError("not_found", "SUBSCRIPTION_NOT_FOUND", `subscription not found: ${key}`);
    return found;
  }

  return [
    route("POST", "/api/subscriptions/register", {
      tag: "subscriptions",
      summary: "A subscription of the catalog; a live one is used again",
      body: z.object({ path: z.string().min(1) }),
      async handle({ body }) {
        const entry = await store.catalog.get({ path: body.path });
        if (!entry) throw new NoetlError("not_found", "CATALOG_NOT_FOUND", `not in the catalog: '${body.path}'`);
        if (entry.kind !== "subscription") {
          throw new NoetlError("validation", "E_KIND", `'${body.path}' is a ${entry.kind}, not a subscription`);
        }
        const live = (await all()).find((each) => each.path === body.path && each.state !== "DEACTIVATED");
        if (live) return live;
        return put({
          subscription_id: ids.next(),
          path: entry.path,
          catalog_id: entry.catalog_id,
          state: "REGISTERED",
          last_event_type: "subscription.registered",
        });
      },
    }),
    route("GET", "/api/subscriptions", {
      tag: "subscriptions",
      summary: "All subscriptions",
      handle: async () => ({ subscriptions: await all() }),
    }),
    route("GET", "/api/subscriptions/:id", {
      tag: "subscriptions",
      summary: "One subscription",
      params: z.object({ id }),
      handle: ({ params }) => find(params.id),
    }),
    route("POST", "/api/subscriptions/:id/:action", {
      tag: "subscriptions",
      summary: "activate, pause, resume, drain, deactivate",
      params: z.object({ id, action: z.string() }),
      async handle({ params }) {
        const action = ACTIONS[params.action];
        if (!action) {
          throw new NoetlError(
            "validation",
            "E_ACTION",
            `'${params.action}' is none of ${Object.keys(ACTIONS).join(", ")}`,
          );
        }
        const found = await find(params.id);
        if (found.state === action.to) return found;
        if (!action.from.includes(found.state)) {
          throw new NoetlError(
            "validation",
            "E_STATE",
            `cannot ${params.action} a subscription that is ${found.state}`,
          );
        }
        return put({ ...found, state: action.to, last_event_type: action.event });
      },
    }),
  ];
}
