import type { Bus } from "./bus.ts";
import type { NatsOptions } from "./nats/bus.ts";

/** Loads the NATS client only where it is used. */
export async function openNatsBus(options: NatsOptions): Promise<Bus> {
  const { openNatsBus: open } = await import("./nats/bus.ts");
  return open(options);
}
