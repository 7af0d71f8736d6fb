import type { TimelineEvent } from "../source/port.ts";
import type { ExecutionState, Replay, State } from "./state.ts";
import { type Next, next, noticed, withExecution, without } from "./step.ts";
import { MAX_BEATS } from "./watch.ts";

const SLOWEST = 1;
const FASTEST = 1_024;
const FIRST_SPEED = 4;

/** `t`: stand still at the last event known, or come back to the present. */
export function toggleReplay(state: State): Next {
  const { execution } = state;
  if (!execution) return next(state);
  if (execution.replay) return next({ ...state, execution: without(execution, "replay") });
  const last = execution.events.at(-1)?.seq;
  if (last === undefined) return next(noticed(state, "there are no events yet", true));
  const replay: Replay = {
    at: last,
    playing: false,
    speed: FIRST_SPEED,
    ...(execution.picture ? { picture: execution.picture } : {}),
  };
  return next(withExecution(state, { replay }), { do: "look", id: execution.id, at: last });
}

/** Keys of a replay; undefined for all others. */
export function replayKey(state: State, key: string): Next | undefined {
  const { execution } = state;
  const replay = execution?.replay;
  if (!execution || !replay) return undefined;
  switch (key) {
    case "space":
      return play(state, execution, replay);
    case ".":
      return stand(state, execution, after(execution.events, replay.at));
    case ",":
      return stand(state, execution, before(execution.events, replay.at));
    case ">":
      return stand(state, execution, nextStep(execution.events, replay.at));
    case "<":
      return stand(state, execution, previousStep(execution.events, replay.at));
    case "0":
      return stand(state, execution, execution.events[0]?.seq ?? 0);
    case "$":
      return stand(state, execution, execution.events.at(-1)?.seq ?? 0);
    case "+":
    case "=":
      return next(withExecution(state, { replay: { ...replay, speed: Math.min(FASTEST, replay.speed * 2) } }));
    case "-":
      return next(withExecution(state, { replay: { ...replay, speed: Math.max(SLOWEST, replay.speed / 2) } }));
    default:
      return undefined;
  }
}

/** One beat of a replay that plays; at the end it stands still. */
export function beat(state: State): Next {
  const { execution } = state;
  const replay = execution?.replay;
  if (!execution || !replay?.playing) return next(state);
  let at = replay.at;
  for (let count = Math.max(1, Math.round(replay.speed / MAX_BEATS)); count > 0; count--)
    at = after(execution.events, at);
  if (at === replay.at) return next(withExecution(state, { replay: { ...replay, playing: false } }));
  return next(withExecution(state, { replay: { ...replay, at } }), { do: "look", id: execution.id, at });
}

function play(state: State, execution: ExecutionState, replay: Replay): Next {
  const last = execution.events.at(-1)?.seq ?? 0;
  if (replay.playing || replay.at < last) {
    return next(withExecution(state, { replay: { ...replay, playing: !replay.playing } }));
  }
  // From the end it begins anew.
  const at = execution.events[0]?.seq ?? 0;
  return next(withExecution(state, { replay: { ...replay, playing: true, at } }), { do: "look", id: execution.id, at });
}

function stand(state: State, execution: ExecutionState, at: number): Next {
  const { replay } = execution;
  if (!replay) return next(state);
  return next(withExecution(state, { replay: { ...replay, at, playing: false } }), {
    do: "look",
    id: execution.id,
    at,
  });
}

function after(events: readonly TimelineEvent[], at: number): number {
  return events.find(({ seq }) => seq > at)?.seq ?? at;
}

function before(events: readonly TimelineEvent[], at: number): number {
  return events.findLast(({ seq }) => seq < at)?.seq ?? at;
}

const isStep = ({ type }: TimelineEvent) => /^step[._]/.test(type);

function nextStep(events: readonly TimelineEvent[], at: number): number {
  return events.find((event) => event.seq > at && isStep(event))?.seq ?? events.at(-1)?.seq ?? at;
}

function previousStep(events: readonly TimelineEvent[], at: number): number {
  return events.findLast((event) => event.seq < at && isStep(event))?.seq ?? events[0]?.seq ?? at;
}
