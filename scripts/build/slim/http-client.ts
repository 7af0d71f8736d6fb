import { createRequire } from "node:module";
import { base64In, packedBytes } from "./packed.ts";
import { edited, instead, never, type Rule } from "./rule.ts";

/** undici makes the requests of the tool http: agents and proxies, HTTP/1. */
export const HTTP_CLIENT: readonly Rule[] = [
  instead(
    /undici[\\/]lib[\\/]dispatcher[\\/]parser-h1\.js$/,
    "an experimental parser that has to be asked for",
    "exports.getMiloEnabled = () => false;",
  ),
  instead(
    /undici[\\/]lib[\\/]llhttp[\\/]llhttp-wasm\.js$/,
    "every processor that runs Node 22 has SIMD",
    'module.exports = require("./llhttp_simd-wasm.js");',
  ),
  {
    filter: /undici[\\/]lib[\\/]llhttp[\\/]llhttp_simd-wasm\.js$/,
    why: "WebAssembly",
    contents: (original, path) => `module.exports = ${packedBytes(base64In(original, path))};`,
  },
  {
    filter: /undici[\\/]lib[\\/]llhttp[\\/]constants\.js$/,
    why: "of what the parser knows two tables are read",
    contents: (_, path) => {
      const { ERROR, TYPE } = createRequire(path)(path);
      return `exports.ERROR = ${JSON.stringify(ERROR)}; exports.TYPE = ${JSON.stringify(TYPE)};`;
    },
  },
  never(/undici[\\/]lib[\\/]dispatcher[\\/]client-h2\.js$/, "HTTP/2 is not asked for", []),
  instead(
    /node_modules[\\/]undici[\\/]index\.js$/,
    "the rest is mocks, caches, sockets and a second fetch",
    `
    const { prototype } = require("./lib/dispatcher/dispatcher");
    prototype.request = require("./lib/api/api-request");
    prototype.connect = require("./lib/api/api-connect");
    exports.Agent = require("./lib/dispatcher/agent");
    exports.ProxyAgent = require("./lib/dispatcher/proxy-agent");`,
  ),
  never(/undici[\\/]lib[\\/]web[\\/]fetch[\\/]body\.js$/, "forms are sent as streams", ["extractBody"]),
  edited(/undici[\\/]lib[\\/]core[\\/]request\.js$/, "forms are sent as streams", [
    ["require('../web/fetch/formdata')", ""],
    ["require('../web/webidl').webidl.is.FormData", "() => false"],
  ]),
];
