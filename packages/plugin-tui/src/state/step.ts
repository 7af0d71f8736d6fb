import type { Effect } from "./message.ts";
import type { ExecutionState, Screen, State } from "./state.ts";

/** What a message leads to. */
export interface Next {
  state: State;
  effects: readonly Effect[];
}

export const next = (state: State, ...effects: Effect[]): Next => ({ state, effects });

const NOTICE_MS = 5_000;

export function noticed(state: State, text: string, bad = false): State {
  return { ...state, notice: { text, bad, until: state.now + NOTICE_MS } };
}

/** The same state without these keys: absent is not undefined. */
export function without<T extends object, K extends keyof T>(value: T, ...keys: K[]): Omit<T, K> {
  return Object.fromEntries(Object.entries(value).filter(([key]) => !keys.includes(key as K))) as Omit<T, K>;
}

export function goTo(state: State, screen: Screen): State {
  return state.screen === screen ? state : { ...state, screen, back: [...state.back, state.screen] };
}

export function withExecution(state: State, change: Partial<ExecutionState>): State {
  return state.execution ? { ...state, execution: { ...state.execution, ...change } } : state;
}

/** Lines of a list that a page key passes over. */
export const pageOf = (state: State) => Math.max(1, state.size.rows - 6);

/** Where a list key leads from this place; undefined for other keys. */
export function moved(key: string, at: number, count: number, page: number): number | undefined {
  const last = Math.max(0, count - 1);
  const to = {
    up: at - 1,
    k: at - 1,
    down: at + 1,
    j: at + 1,
    pageup: at - page,
    pagedown: at + page,
    home: 0,
    g: 0,
    end: last,
    G: last,
  }[key];
  return to === undefined ? undefined : Math.min(last, Math.max(0, to));
}
