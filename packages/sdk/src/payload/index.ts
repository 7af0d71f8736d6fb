export * from "./payload.ts";
export * from "./read-object.ts";
