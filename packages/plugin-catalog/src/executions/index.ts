export * from "./conclude.ts";
export * from "./document.ts";
export * from "./event-line.ts";
export * from "./reference.ts";
export * from "./show-outcome.ts";
export * from "./start.ts";
export * from "./text.ts";
