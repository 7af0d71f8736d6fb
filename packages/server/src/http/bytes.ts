import type { FastifyReply, FastifyRequest } from "fastify";

/** The body of a `raw` route, as it was sent. */
export function bytesOf(request: FastifyRequest): { body: Uint8Array; mediaType: string } {
  const { body } = request;
  return {
    body: Buffer.isBuffer(body) ? body : Buffer.alloc(0),
    mediaType: request.headers["content-type"] ?? "application/octet-stream",
  };
}

/** Bytes as they are stored; their hash is the `etag`. Resolves with nothing: it answered. */
export async function sendBytes(
  reply: FastifyReply,
  found: { body: Uint8Array; media_type: string; sha256: string },
  headers: { [name: string]: string } = {},
): Promise<undefined> {
  for (const [name, value] of Object.entries(headers)) reply.header(name, value);
  // Whatever it says it is, no browser is to run it.
  reply.header("etag", `"${found.sha256}"`).header("x-content-type-options", "nosniff");
  await reply.type(found.media_type).send(Buffer.from(found.body));
  return undefined;
}
