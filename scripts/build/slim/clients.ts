import { edited, instead, never, type Rule } from "./rule.ts";

/** got asks the server, pg and NATS are stores, buses and tools. */
export const CLIENTS: readonly Rule[] = [
  instead(
    /node_modules[\\/]got[\\/]dist[\\/]source[\\/]core[\\/]utils[\\/](http2-client|dns-cache)\.js$/,
    "HTTP/2 and cached lookups are not asked for",
    "export default class {};",
  ),
  instead(
    /node_modules[\\/]cacheable-request[\\/]dist[\\/]index\.js$/,
    "no answer is cached",
    "export default class {}; export class CacheError extends Error {}",
  ),
  never(/node_modules[\\/]pg[\\/]lib[\\/]native[\\/]index\.js$/, "there is no native module", []),
  edited(/node_modules[\\/]yaml[\\/]browser[\\/]dist[\\/]log\.js$/, "warnings go where those of Node go", [
    ["console.warn(warning)", "process.emitWarning(warning)"],
  ]),
  never(/nats-core[\\/]lib[\\/](bench|ws_transport)\.js$/, "no measurements, no WebSockets", ["Bench", "wsconnect"]),
  instead(
    /node_modules[\\/]tweetnacl[\\/]nacl-fast\.js$/,
    "Node signs with Ed25519 itself",
    // The two DER prefixes are those of RFC 8410 for a private and a public key.
    `
    const { createPrivateKey, createPublicKey, randomBytes, sign, verify } = require("node:crypto");
    const der = (prefix, key) => Buffer.concat([Buffer.from(prefix, "hex"), key]);
    const PRIVATE = "302e020100300506032b657004220420";
    const PUBLIC = "302a300506032b6570032100";
    const privateKey = (seed) => createPrivateKey({ key: der(PRIVATE, seed), format: "der", type: "pkcs8" });
    const publicKey = (key) => createPublicKey({ key: der(PUBLIC, key), format: "der", type: "spki" });
    const detached = (message, secret) => new Uint8Array(sign(null, message, privateKey(secret.subarray(0, 32))));
    detached.verify = (message, signature, key) => verify(null, message, publicKey(key), signature);
    const fromSeed = (seed) => {
      const key = createPublicKey(privateKey(seed)).export({ format: "der", type: "spki" }).subarray(-32);
      return { publicKey: new Uint8Array(key), secretKey: new Uint8Array(Buffer.concat([seed, key])) };
    };
    module.exports = { sign: { detached, keyPair: { fromSeed } }, randomBytes };`,
  ),
  edited(/@nats-io[\\/]obj[\\/]lib[\\/]sha256\.js$/, "Node has SHA-256", [
    ['const js_sha256_1 = require("js-sha256");', ""],
    ['let backend = "js";', 'let backend = "native";'],
    ["js_sha256_1.sha256.create()", "undefined"],
  ]),
];
