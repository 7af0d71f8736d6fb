import { instead, never, type Rule } from "./rule.ts";

/** fastify serves the API, zod checks what comes in, prom-client counts. */
export const HTTP_SERVER: readonly Rule[] = [
  instead(/zod[\\/]v4[\\/]locales[\\/]index\.js$/, "messages are English", 'export { default as en } from "./en.js";'),
  {
    filter: /packages[\\/][\w-]+[\\/]src[\\/].*\.ts$/,
    why: "of an object with everything in it everything is kept; of a module, what is used",
    contents: (original) => original.replace(/import \{ (?:type \w+, )*z \} from "zod";/, 'import * as z from "zod";'),
  },
  instead(
    /@fastify[\\/](ajv|fast-json-stringify)-compiler[\\/]index\.js$/,
    "no route hands a schema to fastify: they are checked by their zod schemas",
    'module.exports = () => () => { throw new Error("routes are checked by their zod schemas"); };',
  ),
  never(
    /node_modules[\\/]find-my-way[\\/]lib[\\/](compiler|pretty-print)\.js$/,
    "routes are walked, not compiled, and not printed",
    ["compileTree", "prettyPrintTree"],
  ),
  instead(
    /node_modules[\\/]light-my-request[\\/]index\.js$/,
    "for tests of fastify applications",
    'module.exports = () => { throw new Error("there are no simulated requests in this build"); };',
  ),
  {
    filter: /node_modules[\\/]fastify[\\/]lib[\\/]config-validator\.js$/,
    why: "the options are ours and typed; what stays are the defaults",
    contents: (original) =>
      `module.exports = () => true;\n${lineWith(original, "module.exports.defaultInitOptions = ")}`,
  },
  never(/node_modules[\\/]fastify[\\/]lib[\\/]logger-pino\.js$/, "the server has a log of its own", [
    "createPinoLogger",
  ]),
  instead(
    /node_modules[\\/]semver[\\/]index\.js$/,
    "oclif and fastify compare versions of plugins of theirs, of which there are none",
    "exports.satisfies = () => true;",
  ),
  instead(
    /node_modules[\\/]prom-client[\\/]index\.js$/,
    "the rest is push gateways, clusters, summaries and metrics of Node",
    ["Registry", "Counter", "Gauge", "Histogram"]
      .map((name) => `exports.${name} = require("./lib/${name.toLowerCase()}");`)
      .join("\n"),
  ),
];

function lineWith(text: string, beginning: string): string {
  const line = text.split("\n").find((candidate) => candidate.startsWith(beginning));
  if (line === undefined) throw new Error(`fastify has no ${beginning}any more`);
  return line;
}
