import { ensureError, isNoetlError, type Json, type JsonObject, type Meaning, type NoetlError } from "@noetl/core";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Log } from "../log.ts";
import { InvalidDefinition } from "../runs/definitions.ts";
import { InvalidRequest } from "./invalid.ts";
import { send } from "./route.ts";

const STATUS: { readonly [meaning in Meaning]: number } = {
  validation: 422,
  not_found: 404,
  conflict: 409,
  auth: 401,
  unavailable: 503,
  timeout: 504,
  cancelled: 409,
  terminal: 500,
  retryable: 503,
  internal: 500,
};

const BY_CODE: { readonly [code: string]: number } = {
  FORBIDDEN: 403,
  BAD_REQUEST: 400,
  TOO_LARGE: 413,
  INTERNAL_API_OFF: 503,
  UPSTREAM: 502,
  // It is the server that was refused, not who asks.
  WRONG_ENCRYPTION_KEY: 500,
  STORE_AUTH: 500,
  KMS_REFUSED: 502,
  KMS_TOKEN: 502,
};

/** The one place where an error becomes an answer: `{error, detail, status, code, hint?}` (server-api §1.3). */
export function answerErrors(app: FastifyInstance, log: Log): void {
  app.setErrorHandler((error, request, reply) => fail(reply, ensureError(error), request, log));
  app.setNotFoundHandler((request, reply) => {
    const message = `no such route: ${request.method} ${request.url.split("?")[0]}`;
    return send(reply.code(404), { error: message, detail: message, status: 404, code: "NO_ROUTE" });
  });
}

function fail(reply: FastifyReply, error: Error, request: FastifyRequest, log: Log): FastifyReply {
  if (!isNoetlError(error)) return failOther(reply, error, request, log);
  const body = errorBody(error);
  const { status } = body;
  if (status >= 500 && status !== 503)
    log.error(error.message, { error, method: request.method, path: pathOf(request) });
  const after = retryAfter(error, status);
  if (after !== undefined) reply.header("retry-after", String(after));
  return send(reply.code(status), body);
}

export function errorBody(error: NoetlError) {
  return {
    error: error.message,
    detail: detailOf(error),
    status: BY_CODE[error.code] ?? STATUS[error.meaning],
    code: error.code,
    ...(error.hint === undefined ? {} : { hint: error.hint }),
  };
}

/** Seconds, when it is worth to try again. */
export function retryAfter(error: NoetlError, status: number): number | undefined {
  return status === 503 || error.after !== undefined ? Math.ceil(error.after ?? 1) : undefined;
}

/** What the framework refuses (bad JSON, too large, wrong type), and bugs. */
function failOther(reply: FastifyReply, error: Error, request: FastifyRequest, log: Log): FastifyReply {
  const status = "statusCode" in error && typeof error.statusCode === "number" ? error.statusCode : 500;
  const bug = status >= 500;
  if (bug) log.error(error.message, { error, method: request.method, path: pathOf(request) });
  const message = bug ? "internal error; the server's log says more" : error.message;
  return send(reply.code(status), { error: message, detail: message, status, code: bug ? "INTERNAL" : "E_REQUEST" });
}

function detailOf(error: NoetlError): Json {
  if (error instanceof InvalidRequest) return error.issues;
  if (error instanceof InvalidDefinition) {
    return { code: error.code, message: error.message, diagnostics: error.diagnostics as unknown as Json };
  }
  const { data } = error;
  if (typeof data === "object" && data !== null && !Array.isArray(data)) {
    return { code: error.code, message: error.message, ...(data as JsonObject) };
  }
  return error.message;
}

function pathOf(request: FastifyRequest): string {
  return request.routeOptions.url ?? request.url.split("?")[0] ?? "";
}
