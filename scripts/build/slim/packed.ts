import { brotliCompressSync } from "node:zlib";

/** The first long base64 of a source: WebAssembly, in the packages this is for. */
export function base64In(source: string, path: string): string {
  const found = /[A-Za-z0-9+/]{1000,}=*/.exec(source)?.[0];
  if (found === undefined) throw new Error(`${path} keeps its WebAssembly elsewhere now`);
  return found;
}

/** An expression for the bytes of a base64. That does not compress in a download, so it is compressed before. */
export function packedBytes(base64: string): string {
  const packed = brotliCompressSync(Buffer.from(base64, "base64")).toString("base64");
  return `process.getBuiltinModule("node:zlib").brotliDecompressSync(Buffer.from("${packed}", "base64"))`;
}
