import { readFile } from "node:fs/promises";
import { dirname, extname, join } from "node:path";
import type { Plugin } from "esbuild";
import { CLIENTS } from "./clients.ts";
import { COMMAND_LINE } from "./command-line.ts";
import { HTTP_CLIENT } from "./http-client.ts";
import { HTTP_SERVER } from "./http-server.ts";
import { PROCESSES } from "./processes.ts";
import type { Rule } from "./rule.ts";
import { straight } from "./straight.ts";
import { TERMINAL } from "./terminal.ts";

const RULES: readonly Rule[] = [...HTTP_CLIENT, ...HTTP_SERVER, ...CLIENTS, ...COMMAND_LINE, ...TERMINAL, ...PROCESSES];

/** Leaves out what dependencies bring along and this program never reaches: a third of it all. */
export function slim(root: string): Plugin {
  const rules = [straight(root), ...RULES];
  return {
    name: "slim",
    setup(build) {
      build.onLoad({ filter: anyOf(rules), namespace: "file" }, async ({ path }) => {
        let text = await readFile(path, "utf8");
        for (const { filter, contents } of rules) if (filter.test(path)) text = contents(text, path);
        return { contents: text, loader: extname(path) === ".ts" ? "ts" : "js", resolveDir: dirname(path) };
      });
      // The same YAML as ES modules, which are put together without a function around each.
      build.onResolve({ filter: /^yaml$/ }, () => ({
        path: join(root, "node_modules", "yaml", "browser", "index.js"),
        sideEffects: false,
      }));
      // fkill and what it needs each bring an older execa along; their calls are the same in the newest.
      build.onResolve({ filter: /^execa$/ }, ({ importer, kind, resolveDir }) => {
        if (resolveDir === root || !/[\\/](fkill|pid-port|taskkill)[\\/]/.test(importer)) return undefined;
        return build.resolve("execa", { kind, resolveDir: root });
      });
    },
  };
}

function anyOf(rules: readonly Rule[]): RegExp {
  return new RegExp(rules.map(({ filter }) => filter.source).join("|"));
}
