import type { Json } from "@noetl/core";
import type { Store } from "@noetl/store";

/** All subscriptions are kept under one key: there are few. */
const SHELF = "0";

export type State = "REGISTERED" | "ACTIVE" | "PAUSED" | "DRAINING" | "DEACTIVATED";

export interface Subscription {
  subscription_id: string;
  path: string;
  catalog_id: string;
  state: State;
  last_event_type: string;
  updated_at: string;
}

export async function allSubscriptions(store: Store): Promise<Subscription[]> {
  return (await store.variables.list(SHELF)).map((variable) => variable.value as unknown as Subscription);
}

export async function keepSubscription(
  store: Store,
  subscription: Omit<Subscription, "updated_at">,
  now: number,
): Promise<Subscription> {
  const value = { ...subscription, updated_at: new Date(now).toISOString() };
  const entry = { name: value.subscription_id, value: value as unknown as Json, type: "computed" as const };
  await store.variables.put(SHELF, [entry]);
  return value;
}
