import { ensureError, isNoetlError, NoetlError } from "@noetl/core";
import { z } from "zod";
import { jwks, verifyToken } from "../auth/jwt.ts";
import { openSessions } from "../auth/sessions.ts";
import type { ServerContext } from "../context.ts";
import { type Route, route } from "../http/route.ts";

const credential = z.string().default("pg_auth");

/** For the gateway: 200 also on refusal, the body tells (server-api §2.15). */
export function authRoutes(context: ServerContext): Route[] {
  const { console, clock, config, log, metrics } = context;
  const now = () => clock.now();
  const keys = jwks(now);
  const sessions = (name: string) => openSessions(console, name, now);

  function refusal(error: unknown): string {
    const cause = ensureError(error);
    if (!isNoetlError(cause)) throw cause;
    if (cause.meaning === "auth" || cause.meaning === "not_found") return cause.message;
    log.warn("authentication could not be checked", { error: cause });
    return "authentication could not be checked";
  }

  async function counted<T>(verified: Promise<T>): Promise<T> {
    try {
      const found = await verified;
      metrics.authJwt.inc({ outcome: "ok" });
      return found;
    } catch (error) {
      metrics.authJwt.inc({ outcome: "refused" });
      throw error;
    }
  }

  const asked = (operation: string, outcome: "ok" | "refused" | "error") =>
    metrics.authSync.inc({ operation, outcome });

  return [
    route("POST", "/api/auth/session/validate", {
      tag: "auth",
      summary: "Is this session good?",
      body: z.object({ session_token: z.string(), credential }),
      async handle({ body }) {
        if (body.session_token === "") throw new NoetlError("validation", "BAD_REQUEST", "session_token is empty");
        try {
          const found = await sessions(body.credential).find(body.session_token);
          asked("session", found ? "ok" : "refused");
          if (!found) return { status: "ok", valid: false, error: "the session is unknown or over" };
          return { status: "ok", valid: true, user: found.user, expires_at: found.expires_at };
        } catch (error) {
          asked("session", "error");
          return { status: "error", valid: false, error: refusal(error) };
        }
      },
    }),
    route("POST", "/api/auth/login", {
      tag: "auth",
      summary: "A session for an Auth0 token",
      body: z.object({
        auth0_token: z.string().min(1),
        auth0_domain: z.string().default(""),
        client_ip: z.string().default("0.0.0.0"),
        credential,
      }),
      async handle({ body }) {
        try {
          const domain = config.auth0Domain;
          if (domain === undefined) throw new NoetlError("auth", "LOGIN_OFF", "this server has no AUTH0_DOMAIN");
          // The domain is ours to choose: one named by the caller would vouch for anybody.
          if (body.auth0_domain !== "" && body.auth0_domain !== domain) {
            throw new NoetlError("auth", "TOKEN_REFUSED", "the token is of another domain");
          }
          const { sub } = await counted(verifyToken(body.auth0_token, domain, keys, now()));
          const opened = await sessions(body.credential).open(sub, { token: body.auth0_token, ip: body.client_ip });
          if (!opened) throw new NoetlError("auth", "USER_UNKNOWN", "nobody of this name may log in");
          const { token, user, expires_at } = opened;
          asked("login", "ok");
          return { status: "success", data: { status: "authenticated", session_token: token, user, expires_at } };
        } catch (error) {
          const message = refusal(error);
          asked("login", "refused");
          return { status: "error", data: { error: "authentication_failed", message } };
        }
      },
    }),
    route("POST", "/api/auth/check-playbook-access", {
      tag: "auth",
      summary: "May this session run this playbook?",
      body: z.object({
        session_token: z.string().min(1),
        playbook_path: z.string().min(1),
        action: z.string().default("execute"),
        credential,
      }),
      async handle({ body }) {
        try {
          const store = sessions(body.credential);
          const found = await store.find(body.session_token);
          if (!found) return { status: "success", data: { allowed: false, message: "the session is unknown or over" } };
          const allowed = await store.allows(found.user.user_id, body.playbook_path, body.action);
          asked("access", allowed ? "ok" : "refused");
          const message = allowed ? "allowed" : `no role of this user may ${body.action} '${body.playbook_path}'`;
          return { status: "success", data: { allowed, message, user: found.user } };
        } catch (error) {
          asked("access", "error");
          return { status: "error", data: { allowed: false, message: refusal(error) } };
        }
      },
    }),
  ];
}
