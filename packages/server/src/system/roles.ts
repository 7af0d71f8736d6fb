import type { ServerContext } from "../context.ts";
import { COMMANDS_TOPIC, type Publisher } from "../delivery/publisher.ts";

export interface Roles {
  start(): Promise<void>;
  stop(): Promise<void>;
}

export function openRoles({ context, publisher }: { context: ServerContext; publisher: Publisher }): Roles {
  const { config, bus, desk } = context;
  const stops: (() => Promise<void>)[] = [];
  return {
    async start() {
      if (config.shared) {
        const heard = await bus.listen(COMMANDS_TOPIC, (payload) => desk.wake(poolsIn(payload)));
        stops.push(() => heard.close());
      }
      if (config.roles.includes("publisher")) {
        await publisher.start();
        stops.push(() => publisher.stop());
      }
    },
    async stop() {
      for (const stop of stops.splice(0)) await stop();
    },
  };
}

function poolsIn(payload: unknown): string[] {
  const pools = typeof payload === "object" && payload !== null && "pools" in payload ? payload.pools : [];
  return Array.isArray(pools) ? pools.map(String) : [];
}
