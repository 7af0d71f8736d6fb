import { type Clock, systemClock } from "@noetl/core";
import type { Bus } from "./bus.ts";
import { desks } from "./desk.ts";
import { isCommandSubject, toHint } from "./hint.ts";
import { topics } from "./topics.ts";

/** Server and workers in one process, or a server alone whose workers poll. */
export function openInProcessBus(options: { clock?: Clock } = {}): Bus {
  const local = desks(options.clock ?? systemClock, true);
  const told = topics();
  return {
    async publish(hint) {
      local.push(hint);
    },
    async forward({ subject, payload }) {
      if (isCommandSubject(subject)) local.push(toHint(payload, subject));
      else told.tell(subject, payload);
    },
    subscribe: async (pools, handler, options = {}) => local.subscribe(pools, handler, options),
    async announce(topic, payload) {
      told.tell(topic, payload);
    },
    listen: async (topic, handler) => told.listen(topic, handler),
    depth: async () => local.depth(),
    close: () => local.close(),
  };
}
