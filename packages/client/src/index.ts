export type * from "./catalog.ts";
export * from "./client.ts";
export type * from "./credentials.ts";
export type * from "./database.ts";
export * from "./endpoint.ts";
export type * from "./executions.ts";
export { errorOf, type Request, type RequestOptions } from "./request.ts";
export type * from "./system.ts";
