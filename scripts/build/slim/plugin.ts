import { readFile } from "node:fs/promises";
import { extname, join } from "node:path";
import type { Plugin } from "esbuild";
import { CLIENTS } from "./clients.ts";
import { COMMAND_LINE } from "./command-line.ts";
import { HTTP_CLIENT } from "./http-client.ts";
import { HTTP_SERVER } from "./http-server.ts";
import { PROCESSES } from "./processes.ts";
import { TERMINAL } from "./terminal.ts";

const RULES = [...HTTP_CLIENT, ...HTTP_SERVER, ...CLIENTS, ...COMMAND_LINE, ...TERMINAL, ...PROCESSES];

/** Leaves out what dependencies bring along and this program never reaches: a third of it all. */
export function slim(root: string): Plugin {
  return {
    name: "slim",
    setup(build) {
      for (const { filter, contents } of RULES) {
        build.onLoad({ filter }, async ({ path }) => ({
          contents: contents(await readFile(path, "utf8"), path),
          loader: extname(path) === ".ts" ? "ts" : "js",
          resolveDir: join(path, ".."),
        }));
      }
      // fkill and what it needs each bring an older execa along; their calls are the same in the newest.
      build.onResolve({ filter: /^execa$/ }, ({ importer, kind, resolveDir }) => {
        if (resolveDir === root || !/[\\/](fkill|pid-port|taskkill)[\\/]/.test(importer)) return undefined;
        return build.resolve("execa", { kind, resolveDir: root });
      });
    },
  };
}
