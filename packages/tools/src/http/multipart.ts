import { randomBytes } from "node:crypto";
import { openAsBlob } from "node:fs";
import { NoetlError } from "@noetl/core";
import type { Part } from "./body.ts";

/**
 * A form with files as one blob, whose type names the boundary (RFC 7578). Files are read when it is sent. Throws
 * `NoetlError` code `CONFIG_INVALID` for a file that cannot be read.
 */
export async function multipart(parts: readonly Part[]): Promise<Blob> {
  const boundary = `----noetl-${randomBytes(16).toString("hex")}`;
  const pieces: Piece[] = [];
  for (const part of parts) {
    pieces.push(`--${boundary}\r\n${headOf(part)}\r\n\r\n`, await contentOf(part), "\r\n");
  }
  pieces.push(`--${boundary}--\r\n`);
  return new Blob(pieces, { type: `multipart/form-data; boundary=${boundary}` });
}

type Piece = string | Uint8Array<ArrayBuffer> | Blob;

function headOf({ name, filename, contentType }: Part): string {
  const field = `Content-Disposition: form-data; name="${quoted(linesOf(name))}"`;
  if (filename === undefined && contentType === undefined) return field;
  const type = contentType ?? "application/octet-stream";
  return `${field}; filename="${quoted(filename ?? "blob")}"\r\nContent-Type: ${type}`;
}

async function contentOf({ content, filename, contentType }: Part): Promise<Piece> {
  if (Buffer.isBuffer(content)) return new Uint8Array(content);
  if (typeof content !== "string") return fileOf(content.path);
  return filename === undefined && contentType === undefined ? linesOf(content) : content;
}

async function fileOf(path: string): Promise<Blob> {
  try {
    return await openAsBlob(path);
  } catch (error) {
    throw new NoetlError("validation", "CONFIG_INVALID", `http: cannot read ${path}`, { cause: error });
  }
}

const QUOTED: Readonly<Record<string, string>> = { '"': "%22", "\r": "%0D", "\n": "%0A" };

const quoted = (text: string) => text.replace(/["\r\n]/g, (character) => QUOTED[character] ?? character);

/** Lines of a field end as browsers end them. */
const linesOf = (text: string) => text.replace(/\r\n?|\n/g, "\r\n");
