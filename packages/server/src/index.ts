export { defaults, ROLES, type Role, type ServerConfig, serverConfig } from "./config/config.ts";
export type { ServerContext } from "./context.ts";
export { type Core, type CoreOptions, openCore } from "./core.ts";
export type { Claimed, Claims } from "./delivery/claims.ts";
export type { Desk } from "./delivery/desk.ts";
export { type Log, silent } from "./log.ts";
export * from "./runs/index.ts";
export { openServer, type Server, type ServerOptions } from "./server.ts";
export { givenHint } from "./wire/hint.ts";
