import { ensureError, isNoetlError } from "@noetl/core";
import type { Effect, Message } from "../state/message.ts";
import type { State } from "../state/state.ts";
import { update } from "../state/update.ts";
import { type Watch, watchesOf } from "../state/watch.ts";
import { perform } from "./performing.ts";
import { type Surroundings, startWatch } from "./watching.ts";

/** The running interface without a terminal: the state, and what changes it. */
export interface Program {
  state(): State;
  send(message: Message): void;
  /** Called after every change; returns how to stop that. */
  subscribe(listener: () => void): () => void;
  /** Stops all work. */
  close(): void;
}

export function openProgram(initial: State, ports: Omit<Surroundings, "send">): Program {
  let state = initial;
  const listeners = new Set<() => void>();
  const closing = new AbortController();
  const working = new Map<string, AbortController>();
  const surroundings: Surroundings = { ...ports, send };

  function send(message: Message): void {
    if (closing.signal.aborted) return;
    let effects: readonly Effect[] = [];
    try {
      ({ state, effects } = update(state, message));
    } catch (error) {
      const text = `${message.type} could not be taken in: ${ensureError(error).message}`;
      ({ state } = update(state, { type: "failed", text }));
    }
    for (const effect of effects) start(effect);
    keepWatches();
    for (const listener of listeners) listener();
  }

  function start(effect: Effect): void {
    if (effect.do === "refresh") {
      for (const controller of working.values()) controller.abort();
      working.clear();
      return;
    }
    perform(effect, state, surroundings, closing.signal).then(send, (error: unknown) => {
      const { message } = ensureError(error);
      const hint = isNoetlError(error) && error.hint !== undefined ? `; ${error.hint}` : "";
      send({ type: "failed", text: `${message}${hint}` });
    });
  }

  function keepWatches(): void {
    const wanted = new Map<string, Watch>(watchesOf(state).map((watch) => [watch.key, watch]));
    for (const [key, controller] of working) {
      if (wanted.has(key)) continue;
      controller.abort();
      working.delete(key);
    }
    for (const [key, watch] of wanted) {
      if (working.has(key)) continue;
      const controller = new AbortController();
      working.set(key, controller);
      void startWatch(watch, surroundings, controller.signal);
    }
  }

  keepWatches();
  return {
    state: () => state,
    send,
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    close() {
      closing.abort();
      for (const controller of working.values()) controller.abort();
    },
  };
}
