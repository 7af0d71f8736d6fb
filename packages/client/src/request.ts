import { ensureError, type Json, type Meaning, NoetlError, parseJson } from "@noetl/core";
import { addressOf, type Endpoint } from "./endpoint.ts";
import type { Answer, Outgoing, Send } from "./send/send.ts";

export interface RequestOptions {
  method?: "GET" | "POST" | "PUT" | "DELETE";
  query?: { [name: string]: string | number | boolean | undefined };
  body?: unknown;
  /** ms; default of the client */
  timeoutMs?: number;
  /** may be sent again after a lost answer; default: GET, PUT and DELETE */
  idempotent?: boolean;
  headers?: { [name: string]: string };
  signal?: AbortSignal;
  /** to the server's own prefix, also where requests go through a gateway */
  direct?: boolean;
}

/** `{status, body}` of any answer below 400; other answers reject with a NoetlError (see `errorOf`). */
export type Request = (path: string, options?: RequestOptions) => Promise<Json>;

export interface RequestPorts {
  send: Send;
  timeoutMs: number;
  authHint?: string;
}

export function openRequest(endpoint: Endpoint, { send, timeoutMs, authHint }: RequestPorts): Request {
  return async (path, request = {}) => {
    const method = request.method ?? "GET";
    const address = addressOf(request.direct ? { ...endpoint, gateway: false } : endpoint, path);
    const outgoing: Outgoing = {
      url: request.query ? withQuery(address, request.query) : address,
      method,
      headers: headersOf(endpoint, request),
      timeoutMs: request.timeoutMs ?? timeoutMs,
      again: request.idempotent ?? method !== "POST",
      ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
      ...(request.signal ? { signal: request.signal } : {}),
    };
    let answer: Answer;
    try {
      answer = await send(outgoing);
    } catch (error) {
      throw unreachable(ensureError(error), endpoint, request.signal);
    }
    const body = decode(answer.body);
    if (answer.status >= 400) throw errorOf(answer.status, body, answer.retryAfter, authHint);
    return body;
  };
}

export function withQuery(address: string, query: NonNullable<RequestOptions["query"]>): string {
  const given = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) given.set(name, String(value));
  return given.size === 0 ? address : `${address}?${given}`;
}

function authorization(endpoint: Endpoint): { [name: string]: string } {
  return endpoint.token === undefined
    ? {}
    : { authorization: `Bearer ${endpoint.token}`, "x-session-token": endpoint.token };
}

export function headersOf(
  endpoint: Endpoint,
  request: Pick<RequestOptions, "body" | "headers">,
): { [name: string]: string } {
  return {
    accept: "application/json",
    ...(request.body === undefined ? {} : { "content-type": "application/json" }),
    ...authorization(endpoint),
    ...request.headers,
  };
}

export function decode(text: string): Json {
  if (text === "") return null;
  try {
    return parseJson(text);
  } catch (error) {
    if (error instanceof SyntaxError) return text;
    throw error;
  }
}

const MEANINGS: { [status: number]: Meaning } = {
  400: "validation",
  401: "auth",
  403: "auth",
  404: "not_found",
  408: "timeout",
  409: "conflict",
  413: "validation",
  415: "validation",
  422: "validation",
  425: "retryable",
  429: "unavailable",
};

/** Where the server cannot know what its caller can do. */
const HINTS: { readonly [code: string]: string } = {
  EXECUTION_NOT_FOUND: "noetl executions list shows those there are",
};

const AUTH_HINT = "noetl auth login, or give --session-token";

/** Python servers answer `{detail}`, Rust ones `{error}`, ours both (server-api §1.3). Data: `{status, body}`. */
export function errorOf(
  status: number,
  body: Json,
  retryAfter?: string | string[],
  authHint: string = AUTH_HINT,
): NoetlError {
  const meaning = MEANINGS[status] ?? (status >= 500 && status !== 501 ? "unavailable" : "terminal");
  const { code, message } = words(body);
  const after = Number(retryAfter);
  return new NoetlError(meaning, code ?? `HTTP_${status}`, message ?? `the server answered ${status}`, {
    data: { status, body },
    hint: meaning === "auth" ? authHint : (hintOf(body) ?? (code === undefined ? undefined : HINTS[code])),
    after: Number.isFinite(after) && after > 0 ? after : undefined,
  });
}

/** Ours say how to mend it. */
function hintOf(body: Json): string | undefined {
  const hint = typeof body === "object" && body !== null && !Array.isArray(body) ? body.hint : undefined;
  return typeof hint === "string" ? hint : undefined;
}

function words(body: Json): { code?: string; message?: string } {
  if (typeof body === "string") return body.trim() === "" ? {} : { message: body.trim() };
  if (body === null || typeof body !== "object" || Array.isArray(body)) return {};
  const inner = body.detail ?? body.error ?? body.message;
  const code = typeof body.code === "string" ? { code: body.code } : {};
  if (typeof inner === "string") return { message: inner, ...code };
  if (Array.isArray(inner)) {
    const texts = inner.map((item) =>
      typeof item === "object" && item !== null && !Array.isArray(item) && typeof item.msg === "string"
        ? item.msg
        : JSON.stringify(item),
    );
    return { message: texts.join("; "), ...code };
  }
  if (typeof inner === "object" && inner !== null)
    return { ...words(inner as Json), ...code, ...(typeof inner.code === "string" ? { code: inner.code } : {}) };
  return code;
}

export function unreachable(error: Error, endpoint: Endpoint, signal: AbortSignal | undefined): NoetlError {
  if (signal?.aborted) return new NoetlError("cancelled", "CANCELLED", "the request was cancelled", { cause: error });
  const code = (error as NodeJS.ErrnoException).code ?? "";
  if (code === "") throw error;
  if (code === "ETIMEDOUT" || error.name === "TimeoutError") {
    return new NoetlError("timeout", "SERVER_TIMEOUT", `${endpoint.url} did not answer in time`, { cause: error });
  }
  return new NoetlError(
    "unavailable",
    "SERVER_UNREACHABLE",
    `cannot reach ${endpoint.url}: ${code === "ECONNREFUSED" ? "nothing listens there" : error.message}`,
    {
      cause: error,
      hint: unreachableHint(endpoint.url),
    },
  );
}

/** A server of this machine can be started, there where it is looked for. */
function unreachableHint(url: string): string {
  const { hostname, port } = new URL(url);
  const here = ["localhost", "127.0.0.1", "[::1]"].includes(hostname);
  if (!here) return "is it the right address, and the network there? --server-url or --context name another";
  return `start one: noetl server start${port === "8082" ? "" : ` --port ${port || 80}`}, or name another: --server-url`;
}
