import { pipeline, type Readable } from "node:stream";
import zlib from "node:zlib";
import { type Json, parseJson } from "@noetl/core";

/** The body was longer than allowed. */
export class BodyTooLarge extends Error {}

const DECODERS: Record<string, () => zlib.Gunzip | zlib.BrotliDecompress> = {
  gzip: () => zlib.createGunzip(),
  "x-gzip": () => zlib.createGunzip(),
  deflate: () => zlib.createInflate(),
  br: () => zlib.createBrotliDecompress(),
};

/** The body as it was before compression. Encodings that are not known stay as they are. */
export function decompressed(body: Readable, contentEncoding: string | undefined): Readable {
  const encodings = (contentEncoding ?? "")
    .toLowerCase()
    .split(",")
    .map((one) => one.trim())
    .reverse();
  const decoders = encodings.flatMap((encoding) => {
    const create = Object.hasOwn(DECODERS, encoding) ? DECODERS[encoding] : undefined;
    return create === undefined ? [] : [create()];
  });
  // A failure of any of them is seen by whoever reads the last.
  return decoders.reduce<Readable>((stream, decoder) => pipeline(stream, decoder, () => {}), body);
}

/** All bytes of a body. Rejects with `BodyTooLarge` as soon as there are more than `limit`. */
export async function readAll(body: Readable, limit: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > limit) throw new BodyTooLarge(`the response is longer than ${limit} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

const BINARY =
  /^(image|audio|video|font)\/(?!svg)|^application\/(octet-stream|zip|gzip|x-tar|pdf|x-7z-compressed|vnd\.apache\.(parquet|arrow)|protobuf|wasm)/;

/**
 * Bytes → data (DSL §12.4): JSON when the text parses, else text; `binary` → `{base64, size}`. When no type is asked for,
 * bytes of a type that is no text are taken as binary, because text of them would be garbage.
 */
export function decode(
  bytes: Buffer,
  contentType: string | undefined,
  wanted: "json" | "text" | "binary" | undefined,
): Json {
  const type = (contentType ?? "").toLowerCase();
  if (wanted === "binary" || (wanted === undefined && BINARY.test(type))) {
    return { base64: bytes.toString("base64"), size: bytes.length };
  }
  const text = textOf(bytes, type);
  if (wanted === "text") return text;
  try {
    return parseJson(text);
  } catch (error) {
    if (error instanceof SyntaxError) return text;
    throw error;
  }
}

function textOf(bytes: Buffer, contentType: string): string {
  const charset = /;\s*charset\s*=\s*"?([^";\s]+)/.exec(contentType)?.[1] ?? "utf-8";
  try {
    return new TextDecoder(charset).decode(bytes);
  } catch (error) {
    if (error instanceof RangeError) return new TextDecoder().decode(bytes);
    throw error;
  }
}
