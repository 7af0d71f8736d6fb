import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { NoetlError } from "@noetl/core";
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { Guard } from "./route.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    guard?: Guard;
  }
}

export interface Tokens {
  api?: string;
  internal?: string;
}

/** Bearer checks by the guard of each route (server-api §7.4, decision 18). Meanings: `auth`, `FORBIDDEN`, `INTERNAL_API_OFF`. */
export function guardRoutes(app: FastifyInstance, tokens: Tokens): void {
  app.addHook("onRequest", async (request) => {
    const guard = request.routeOptions.config.guard ?? "api";
    if (guard !== "open") check(guard, tokens, given(request));
  });
}

/** As the hook above, for who answers before the routes. */
export function mayRead(headers: IncomingHttpHeaders, tokens: Tokens): boolean {
  if (tokens.api === undefined) return true;
  return given({ headers }).some(
    (one) => one !== "" && [tokens.api, tokens.internal].some((token) => token !== undefined && same(one, token)),
  );
}

function check(guard: Exclude<Guard, "open">, tokens: Tokens, presented: string[]): void {
  const holds = (token: string | undefined) =>
    token !== undefined && presented.some((candidate) => same(candidate, token));
  if (guard === "internal") {
    if (tokens.internal === undefined) {
      throw new NoetlError("unavailable", "INTERNAL_API_OFF", "the internal API needs NOETL_INTERNAL_API_TOKEN");
    }
    if (!holds(tokens.internal)) throw forbidden();
    return;
  }
  const asked = guard === "admin" ? [tokens.api, tokens.internal] : [tokens.api];
  if (asked.every((token) => token === undefined)) return;
  if (holds(tokens.api) || holds(tokens.internal)) return;
  if (presented.length > 0) throw forbidden();
  throw new NoetlError("auth", "UNAUTHORIZED", "this server needs a token", {
    hint: "send Authorization: Bearer <NOETL_API_TOKEN>",
  });
}

function given(request: Pick<FastifyRequest, "headers">): string[] {
  const { authorization } = request.headers;
  const session = request.headers["x-session-token"];
  const bearer = /^Bearer\s+(.+)$/i.exec(authorization ?? "")?.[1];
  return [bearer, typeof session === "string" ? session : undefined].filter((token) => token !== undefined);
}

/** In constant time, whatever the lengths. */
function same(a: string, b: string): boolean {
  return timingSafeEqual(digest(a), digest(b));
}

const digest = (text: string): Buffer => createHash("sha256").update(text).digest();

function forbidden(): NoetlError {
  return new NoetlError("auth", "FORBIDDEN", "the token is not the one of this server");
}
