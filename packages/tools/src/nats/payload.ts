import type { MsgHdrs } from "@nats-io/transport-node";
import { type Json, parseJson } from "@noetl/core";

/** Text as it stands, anything else as JSON. */
export function encodePayload(value: Json | undefined): Uint8Array {
  return new TextEncoder().encode(value === undefined ? "" : typeof value === "string" ? value : JSON.stringify(value));
}

/** JSON when it parses, else text; bytes that are no text as `{base64, size}`. */
export function decodePayload(bytes: Uint8Array): Json {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    if (error instanceof TypeError) return { base64: Buffer.from(bytes).toString("base64"), size: bytes.length };
    throw error;
  }
  try {
    return parseJson(text);
  } catch (error) {
    if (error instanceof SyntaxError) return text;
    throw error;
  }
}

/** Header values by name; repeated ones joined. */
export function headersOf(headers: MsgHdrs | undefined): { [name: string]: string } {
  return headers === undefined
    ? {}
    : Object.fromEntries(headers.keys().map((name) => [name, headers.values(name).join(", ")]));
}
