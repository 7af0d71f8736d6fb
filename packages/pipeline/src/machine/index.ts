export { retryDelay } from "./delay.ts";
export { next } from "./next.ts";
export type * from "./state.ts";
export { startState } from "./state.ts";
