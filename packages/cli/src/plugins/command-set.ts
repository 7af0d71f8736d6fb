import { type CommandSet, entry } from "@noetl/sdk";

/** Commands about plugins. */
export const pluginsCommands: CommandSet = {
  commands: {
    "plugins:install": entry(
      "install a plugin from npm, a folder or an archive",
      () => import("../commands/plugins/install.ts"),
    ),
    "plugins:link": entry("use a plugin from where it is developed", () => import("../commands/plugins/link.ts")),
    "plugins:list": entry("list the plugins of this machine", () => import("../commands/plugins/list.ts")),
    "plugins:inspect": entry("show a plugin and check it", () => import("../commands/plugins/inspect.ts")),
    "plugins:update": entry("update one plugin or all", () => import("../commands/plugins/update.ts")),
    "plugins:uninstall": entry("remove a plugin", () => import("../commands/plugins/uninstall.ts")),
    "plugins:new": entry("make a plugin to start from", () => import("../commands/plugins/new.ts")),
  },
  aliases: {},
  topics: { plugins: "commands, tool kinds and hooks of others" },
};
