import type { Json } from "@noetl/core";
import { segments } from "./endpoint.ts";
import type { Request } from "./request.ts";
import { objectOf } from "./shapes.ts";

export interface RemoteSubscription {
  subscription_id: string;
  path: string;
  /** REGISTERED ACTIVE PAUSED DRAINING DEACTIVATED */
  state: string;
}

export type SubscriptionAction = "activate" | "pause" | "resume" | "drain" | "deactivate";

/** server-api §2.18 */
export interface Subscriptions {
  /** A live one of the same path is used again. Meaning `not_found`: the catalog has no such document. */
  register(path: string): Promise<RemoteSubscription>;
  get(id: string): Promise<RemoteSubscription>;
  /** Meaning `validation`: not in its state. */
  act(id: string, action: SubscriptionAction): Promise<RemoteSubscription>;
}

export function subscriptions(request: Request): Subscriptions {
  return {
    register: async (path) =>
      shape(await request("subscriptions/register", { method: "POST", body: { path }, idempotent: true })),
    get: async (id) => shape(await request(`subscriptions/${segments(id)}`)),
    act: async (id, action) =>
      shape(await request(`subscriptions/${segments(id)}/${action}`, { method: "POST", body: {}, idempotent: true })),
  };
}

function shape(raw: Json): RemoteSubscription {
  const { subscription_id, path, state } = objectOf(raw);
  return { subscription_id: String(subscription_id), path: String(path), state: String(state) };
}
