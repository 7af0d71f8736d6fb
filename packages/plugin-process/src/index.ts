import { type CommandSet, entry } from "@noetl/sdk";

/** Commands that start, find and end servers and workers. */
export const processCommands: CommandSet = {
  commands: {
    "server:start": entry("start a server", () => import("./commands/server/start.ts")),
    "server:stop": entry("stop the server of this machine", () => import("./commands/server/stop.ts")),
    "server:restart": entry("stop the server and start it again", () => import("./commands/server/restart.ts")),
    "server:status": entry("show whether the server runs", () => import("./commands/server/status.ts")),
    "server:logs": entry("print the log of the server", () => import("./commands/server/logs.ts")),
    "worker:start": entry("start a worker", () => import("./commands/worker/start.ts")),
    "worker:stop": entry("stop a worker of this machine", () => import("./commands/worker/stop.ts")),
    "worker:list": entry("list workers", () => import("./commands/worker/list.ts")),
    "worker:status": entry("show whether a worker runs", () => import("./commands/worker/status.ts")),
    "worker:logs": entry("print the log of a worker", () => import("./commands/worker/logs.ts")),
  },
  aliases: {},
  topics: {
    server: "the server of this machine",
    worker: "workers of this machine",
  },
};
