import { brotliCompressSync, constants } from "node:zlib";
import { instead, never, type Rule } from "./rule.ts";

/** undici makes the requests of the tool http: agents and proxies, HTTP/1. */
export const HTTP_CLIENT: readonly Rule[] = [
  never(/undici[\\/]lib[\\/]milo[\\/](no-)?simd\.js$/, "an experimental parser that has to be asked for", []),
  instead(
    /undici[\\/]lib[\\/]llhttp[\\/]llhttp-wasm\.js$/,
    "every processor that runs Node 22 has SIMD",
    'module.exports = require("./llhttp_simd-wasm.js");',
  ),
  {
    filter: /undici[\\/]lib[\\/]llhttp[\\/]llhttp_simd-wasm\.js$/,
    why: "WebAssembly as base64 does not compress: it is compressed before",
    contents: (original) => unpacked(base64Of(original)),
  },
  never(/undici[\\/]lib[\\/]dispatcher[\\/]client-h2\.js$/, "HTTP/2 is not asked for", []),
  instead(
    /node_modules[\\/]undici[\\/]index\.js$/,
    "the rest is mocks, caches, sockets and a second fetch",
    `
    Object.assign(require("./lib/dispatcher/dispatcher").prototype, require("./lib/api"));
    exports.Agent = require("./lib/dispatcher/agent");
    exports.ProxyAgent = require("./lib/dispatcher/proxy-agent");
    exports.FormData = require("./lib/web/fetch/formdata").FormData;`,
  ),
];

function base64Of(source: string): string {
  const found = /['"]([A-Za-z0-9+/=]{1000,})['"]/.exec(source)?.[1];
  if (!found) throw new Error("undici keeps its parser elsewhere now");
  return found;
}

function unpacked(base64: string): string {
  const bytes = Buffer.from(base64, "base64");
  const packed = brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } });
  return `module.exports = require("node:zlib").brotliDecompressSync(Buffer.from("${packed.toString("base64")}", "base64"));`;
}
