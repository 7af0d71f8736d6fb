import type { EventType } from "../events.ts";

/** For people, not for the engine: who took a command and when. They carry the seq of an event beside them. */
export const DELIVERY: ReadonlySet<EventType> = new Set(["command.claimed", "command.started", "command.heartbeat"]);
