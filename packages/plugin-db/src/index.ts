import { type CommandSet, entry } from "@noetl/sdk";

/** Commands about the database of a server or of this machine. */
export const dbCommands: CommandSet = {
  commands: {
    query: entry("run an SQL statement", () => import("./commands/query.ts")),
    "db:init": entry("create the schema", () => import("./commands/db/init.ts")),
    "db:validate": entry("check that the schema is complete", () => import("./commands/db/validate.ts")),
    "db:status": entry("show the database and its schema", () => import("./commands/db/status.ts")),
    "db:reset": entry("delete everything and begin anew", () => import("./commands/db/reset.ts")),
  },
  aliases: { "db:migrate": "db:init" },
  topics: { db: "the database of a server or of this machine" },
};
