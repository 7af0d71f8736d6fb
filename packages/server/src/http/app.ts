import { parseJson } from "@noetl/core";
import fastify, { type FastifyInstance } from "fastify";
import type { Log } from "../log.ts";
import { guardRoutes, type Tokens } from "./auth.ts";
import { isDeeper } from "./depth.ts";
import { answerErrors } from "./errors.ts";

export interface AppOptions {
  tokens: Tokens;
  bodyLimit: number;
  tls?: { cert: string; key: string; clientCa?: string };
  log: Log;
}

/** Who sends a request byte by byte is cut off then, ms. */
const REQUEST_MS = 300_000;

/** Stores and templates walk through values by recursion; no document of people is so deep. */
const MOST_LEVELS = 500;

/** An application without routes: lossless JSON, CORS for everybody (without credentials), bearer checks, one error shape. */
export function openApp(options: AppOptions): FastifyInstance {
  const { tls } = options;
  const app = fastify({
    bodyLimit: options.bodyLimit,
    // Catalog paths and keys of objects are long and hold encoded slashes.
    routerOptions: { maxParamLength: 2_000 },
    forceCloseConnections: "idle",
    // Of receiving a request, not of answering it; fastify's own default is for ever.
    requestTimeout: REQUEST_MS,
    return503OnClosing: true,
    ...(tls ? { https: httpsOptions(tls) } : {}),
  }) as unknown as FastifyInstance;
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    /^application\/(.*\+)?json/,
    { parseAs: "string" },
    async (_request: unknown, text: string) => (text.trim() === "" ? {} : json(text)),
  );
  app.addContentTypeParser("*", { parseAs: "buffer" }, async (_request: unknown, bytes: Buffer) => bytes);
  cors(app);
  guardRoutes(app, options.tokens);
  answerErrors(app, options.log);
  return app;
}

function httpsOptions(tls: NonNullable<AppOptions["tls"]>) {
  return {
    cert: tls.cert,
    key: tls.key,
    ...(tls.clientCa === undefined ? {} : { ca: tls.clientCa, requestCert: true, rejectUnauthorized: true }),
  };
}

function json(text: string): unknown {
  if (isDeeper(text, MOST_LEVELS)) {
    throw Object.assign(new Error(`the body is nested more than ${MOST_LEVELS} levels deep`), { statusCode: 400 });
  }
  try {
    return parseJson(text);
  } catch (error) {
    throw Object.assign(new Error(`the body is not JSON: ${error instanceof Error ? error.message : String(error)}`), {
      statusCode: 400,
    });
  }
}

function cors(app: FastifyInstance): void {
  app.addHook("onRequest", async (request, reply) => {
    if (request.headers.origin === undefined) return;
    reply.header("access-control-allow-origin", "*");
    reply.header("access-control-expose-headers", "retry-after");
    if (request.method !== "OPTIONS") return;
    await reply
      .header("access-control-allow-methods", "GET, POST, PUT, DELETE, OPTIONS")
      .header("access-control-allow-headers", request.headers["access-control-request-headers"] ?? "*")
      .header("access-control-max-age", "86400")
      .code(204)
      .send();
  });
}
