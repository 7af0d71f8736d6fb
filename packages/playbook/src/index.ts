export type * from "./diagnostic.ts";
export type * from "./graph.ts";
export type * from "./model.ts";
export type * from "./tool-spec.ts";
