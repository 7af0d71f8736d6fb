import { type Bus, openInProcessBus, type Subscription } from "@noetl/bus";
import type { Chance } from "./chance.ts";
import type { Weather } from "./faults.ts";
import type { VirtualTime } from "./time.ts";

/** A bus that loses, delays, repeats and reorders what it is given. */
export function faultyBus(time: VirtualTime, weather: Weather, chance: Chance): Bus {
  const { clock } = time;
  const bus = openInProcessBus({ clock });
  const deliver = (send: () => Promise<void>) => {
    if (clock.now() < weather.until) {
      if (chance.hit(weather.hintLost)) return;
      if (chance.hit(weather.hintTwice)) time.after(chance.between(0, 5_000), () => void send());
      if (chance.hit(weather.hintLate)) return time.after(chance.between(1, 20_000), () => void send());
    }
    void send();
  };
  return {
    ...bus,
    publish: async (hint) => deliver(() => bus.publish(hint)),
    forward: async (message) => deliver(() => bus.forward(message)),
    announce: async (topic, payload) => deliver(() => bus.announce(topic, payload)),
  };
}

/** A worker's own way to the bus. When the worker dies it is cut: what it was told and did not settle is gone. */
export interface Connection extends Bus {
  cut(): void;
}

export function connectionTo(bus: Bus): Connection {
  const open: Subscription[] = [];
  return {
    ...bus,
    async subscribe(pools, handler, options) {
      const subscription = await bus.subscribe(pools, handler, options);
      open.push(subscription);
      return subscription;
    },
    close: async () => {},
    cut() {
      // Its handlers never end, so nobody waits for it.
      for (const subscription of open) void subscription.close();
    },
  };
}
