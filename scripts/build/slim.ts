import { join } from "node:path";
import type { Plugin } from "esbuild";

/** What a dependency brings along and this program never reaches: a third of it all. */
const NEVER_USED: readonly { filter: RegExp; contents: string; why: string }[] = [
  {
    filter: /zod[\\/]v4[\\/]locales[\\/]index\.js$/,
    contents: 'export { default as en } from "./en.js";',
    why: "messages are English",
  },
  {
    filter: /undici[\\/]lib[\\/]milo[\\/](no-)?simd\.js$/,
    contents: "throw new Error('the experimental parser is not in this build');",
    why: "an experiment that has to be asked for",
  },
  {
    filter: /undici[\\/]lib[\\/]llhttp[\\/]llhttp-wasm\.js$/,
    contents: 'module.exports = require("./llhttp_simd-wasm.js");',
    why: "every processor that runs Node 22 has SIMD",
  },
  {
    filter: /node_modules[\\/]undici[\\/]index\.js$/,
    contents: `
      Object.assign(require("./lib/dispatcher/dispatcher").prototype, require("./lib/api"));
      exports.Agent = require("./lib/dispatcher/agent");
      exports.ProxyAgent = require("./lib/dispatcher/proxy-agent");
      exports.FormData = require("./lib/web/fetch/formdata").FormData;`,
    why: "the tool http needs these; the rest is mocks, caches, sockets and a second fetch",
  },
  {
    filter: /@fastify[\\/](ajv|fast-json-stringify)-compiler[\\/]index\.js$/,
    contents: 'module.exports = () => () => { throw new Error("routes are checked by their zod schemas"); };',
    why: "no route hands a schema to fastify",
  },
  {
    filter: /node_modules[\\/]light-my-request[\\/]index\.js$/,
    contents: 'module.exports = () => { throw new Error("there are no simulated requests in this build"); };',
    why: "for tests of fastify applications",
  },
  {
    filter: /node_modules[\\/](tinyglobby[\\/]dist[\\/]index\.c?m?js|minimatch[\\/]dist[\\/]commonjs[\\/]index\.js)$/,
    contents: 'exports.glob = exports.minimatch = () => { throw new Error("commands are in a registry"); };',
    why: "oclif looks for commands in folders; ours are in a registry",
  },
];

export function slim(root: string): Plugin {
  return {
    name: "slim",
    setup(build) {
      for (const { filter, contents } of NEVER_USED) {
        build.onLoad({ filter }, ({ path }) => ({ contents, loader: "js", resolveDir: join(path, "..") }));
      }
      // fkill and what it needs each bring an older execa along; their calls are the same in the newest.
      build.onResolve({ filter: /^execa$/ }, ({ importer, kind, resolveDir }) => {
        if (resolveDir === root || !/[\\/](fkill|pid-port|taskkill)[\\/]/.test(importer)) return undefined;
        return build.resolve("execa", { kind, resolveDir: root });
      });
    },
  };
}
