import { ensureError, isObject, type Json, type JsonObject, NoetlError, parseJson } from "@noetl/core";

const PROTOCOL = "2025-06-18";
const LIMIT = 4 << 20;

/** What a server of the Model Context Protocol says of itself. */
export interface Discovered {
  server_info: Json;
  protocol_version: Json;
  tools: JsonObject[];
}

/** Asks an MCP server over HTTP for its tools. Meaning `unavailable`, code `UPSTREAM`, when it does not answer as one. */
export async function discover(
  url: string,
  headers: { [name: string]: string },
  signal: AbortSignal,
): Promise<Discovered> {
  let session: string | undefined;
  let id = 0;

  async function call(method: string, params: JsonObject, notification = false): Promise<JsonObject> {
    const response = await post(method, params, notification);
    session ??= response.headers.get("mcp-session-id") ?? undefined;
    const text = await bounded(response);
    if (!response.ok) throw upstream(url, `${method} was answered ${response.status}`);
    if (notification) return {};
    const answer = answerOf(text, response.headers.get("content-type") ?? "", id);
    if (!answer) throw upstream(url, `${method} was not answered with JSON-RPC`);
    if (isObject(answer.error)) throw upstream(url, `${method}: ${String(answer.error.message)}`);
    return isObject(answer.result) ? (answer.result as JsonObject) : {};
  }

  async function post(method: string, params: JsonObject, notification: boolean): Promise<Response> {
    if (!notification) id += 1;
    try {
      return await fetch(url, {
        method: "POST",
        headers: {
          "content-type": "application/json",
          accept: "application/json, text/event-stream",
          ...(session === undefined ? {} : { "mcp-session-id": session }),
          ...headers,
        },
        body: JSON.stringify({ jsonrpc: "2.0", method, params, ...(notification ? {} : { id }) }),
        signal,
      });
    } catch (error) {
      throw upstream(url, ensureError(error).message, error);
    }
  }

  const clientInfo = { name: "noetl", version: "1" };
  const hello = await call("initialize", { protocolVersion: PROTOCOL, capabilities: {}, clientInfo });
  await call("notifications/initialized", {}, true);
  const tools: JsonObject[] = [];
  for (let cursor: Json = null, page = 0; page < 100; page += 1) {
    const found = await call("tools/list", cursor === null ? {} : { cursor });
    if (Array.isArray(found.tools)) tools.push(...(found.tools.filter(isObject) as JsonObject[]));
    cursor = found.nextCursor ?? null;
    if (cursor === null) break;
  }
  return { server_info: hello.serverInfo ?? null, protocol_version: hello.protocolVersion ?? null, tools };
}

/** An answer without end is none. */
async function bounded(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    if (size > LIMIT) throw upstream(response.url, `the answer is larger than ${LIMIT} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** One JSON document, or the messages of an event stream, of which the one with our number counts. */
function answerOf(text: string, type: string, id: number): JsonObject | undefined {
  const texts = type.includes("event-stream")
    ? text.split(/\r?\n\r?\n/).map((event) =>
        event
          .split(/\r?\n/)
          .flatMap((line) => (line.startsWith("data:") ? [line.slice(5).trim()] : []))
          .join("\n"),
      )
    : [text];
  for (const each of texts) {
    const message = parsed(each);
    if (isObject(message) && Number(message.id) === id) return message as JsonObject;
  }
  return undefined;
}

function parsed(text: string): unknown {
  try {
    return parseJson(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function upstream(url: string, message: string, cause?: unknown): NoetlError {
  const more = cause === undefined ? {} : { cause: ensureError(cause) };
  return new NoetlError("unavailable", "UPSTREAM", `the MCP server at ${new URL(url).host}: ${message}`, more);
}
