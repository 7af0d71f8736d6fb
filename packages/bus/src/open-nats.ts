import type { Bus } from "./bus.ts";
import type { Feed, FeedOptions } from "./feed.ts";
import type { NatsOptions } from "./nats/bus.ts";

// The NATS client is loaded only where it is used.

export async function openNatsBus(options: NatsOptions): Promise<Bus> {
  const { openNatsBus: open } = await import("./nats/bus.ts");
  return open(options);
}

/** Meanings: `not_found` no such stream; `unavailable`. */
export async function openNatsFeed(options: FeedOptions): Promise<Feed> {
  const { openNatsFeed: open } = await import("./nats/feed.ts");
  return open(options);
}
