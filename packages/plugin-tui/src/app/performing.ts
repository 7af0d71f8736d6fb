import type { Effect, Message } from "../state/message.ts";
import type { State } from "../state/state.ts";
import type { Surroundings } from "./watching.ts";

/** Does what a key asked for and says what came of it. Rejects with what went wrong. */
export async function perform(
  effect: Exclude<Effect, { do: "refresh" }>,
  state: State,
  { source }: Surroundings,
  signal: AbortSignal,
): Promise<Message> {
  switch (effect.do) {
    case "look": {
      const { id, at } = effect;
      return { type: "picture", id, at, picture: await source.picture(id, at, state.execution?.events ?? [], signal) };
    }
    case "inputs": {
      const { id, step, item } = effect;
      return { type: "inputs", id, step, item, given: await source.inputs(id, step, item, signal) };
    }
    case "cancel":
      return { type: "done", text: await source.cancel(effect.id) };
    case "rerun": {
      const open = await source.rerun(effect.id);
      return { type: "done", text: `started again as ${open}`, open };
    }
    case "resume": {
      if (!source.resume) return { type: "failed", text: "this source cannot go on with an execution" };
      const open = await source.resume(effect.id);
      return { type: "done", text: `going on as ${open}`, open };
    }
    case "start": {
      const open = await source.start(effect.path, effect.version, effect.workload);
      return { type: "done", text: `started as ${open}`, open };
    }
  }
}
