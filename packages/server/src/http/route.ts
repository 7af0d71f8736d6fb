import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { type ZodType, z } from "zod";
import { invalid } from "./invalid.ts";

export type Method = "GET" | "POST" | "PUT" | "DELETE";

/**
 * Who may call: `api` bearer of the API when one is set · `open` everybody · `internal` the internal bearer, always ·
 * `admin` either of the two when any is set (server-api §7.4).
 */
export type Guard = "api" | "open" | "internal" | "admin";

export interface RouteInput<P, Q, B> {
  params: P;
  query: Q;
  body: B;
  request: FastifyRequest;
  reply: FastifyReply;
}

/** One operation: its shapes are checked, documented (OpenAPI) and typed from the same schemas. */
export interface Route {
  method: Method | readonly Method[];
  /** fastify path; `*` is the rest */
  path: string;
  tag: string;
  summary: string;
  guard: Guard;
  schemas: { params: ZodType; query: ZodType; body: ZodType };
  bodyLimit?: number;
  /** the body is bytes, whatever it says it is */
  raw?: boolean;
  /** `undefined` = it answered by itself */
  handle(input: RouteInput<unknown, unknown, unknown>): Promise<unknown>;
}

export interface RouteOptions<P, Q, B> {
  tag: string;
  summary: string;
  guard?: Guard;
  params?: ZodType<P>;
  query?: ZodType<Q>;
  body?: ZodType<B>;
  bodyLimit?: number;
  raw?: boolean;
  handle(input: RouteInput<P, Q, B>): unknown;
}

const nothing = z.unknown();

export function route<P = unknown, Q = unknown, B = unknown>(
  method: Route["method"],
  path: string,
  options: RouteOptions<P, Q, B>,
): Route {
  const { params = nothing, query = nothing, body = nothing, guard = "api", handle, ...rest } = options;
  return {
    method,
    path,
    guard,
    ...rest,
    schemas: { params, query, body },
    handle: async (input) => handle(input as RouteInput<P, Q, B>),
  };
}

/** Parse → handle → JSON. Integers that no JS number holds stay exact in both directions. */
export function mount(app: FastifyInstance, routes: readonly Route[]): void {
  mountHere(
    app,
    routes.filter((each) => !each.raw),
  );
  app.register(async (inner) => {
    inner.removeAllContentTypeParsers();
    inner.addContentTypeParser("*", { parseAs: "buffer" }, async (_request: unknown, bytes: Buffer) => bytes);
    mountHere(
      inner,
      routes.filter((each) => each.raw),
    );
  });
}

function mountHere(app: FastifyInstance, routes: readonly Route[]): void {
  for (const each of routes) {
    app.route({
      method: typeof each.method === "string" ? each.method : [...each.method],
      url: each.path,
      config: { guard: each.guard },
      ...(each.bodyLimit === undefined ? {} : { bodyLimit: each.bodyLimit }),
      async handler(request, reply) {
        const answer = await each.handle({
          params: parse(each.schemas.params, request.params, "path"),
          query: parse(each.schemas.query, request.query, "query"),
          body: each.raw ? undefined : parse(each.schemas.body, request.body ?? {}, "body"),
          request,
          reply,
        });
        if (answer === undefined || reply.sent) return reply;
        return send(reply, answer);
      },
    });
  }
}

export function send(reply: FastifyReply, answer: unknown): FastifyReply {
  return reply.type("application/json; charset=utf-8").send(JSON.stringify(answer));
}

function parse(schema: ZodType, value: unknown, place: string): unknown {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw invalid(result.error, place);
}
