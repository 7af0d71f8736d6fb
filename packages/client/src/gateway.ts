import type { Json, JsonObject } from "@noetl/core";
import type { Request } from "./request.ts";
import { objectOf, textOf, timeOf } from "./shapes.ts";

export interface LoginInput {
  /** ID or access token of the identity provider */
  auth0_token: string;
  session_duration_hours: number;
  auth0_domain?: string;
}

export interface Session {
  /** null when the answer has none */
  session_token: string | null;
  email: string | null;
  expires_at: string | null;
  message: string | null;
  raw: Json;
}

/** Sessions and set-up of a gateway; our server answers the same routes (cli §4.9, server-api §2.15). */
export interface Gateway {
  login(input: LoginInput): Promise<Session>;
  contract(): Promise<JsonObject>;
}

export function gateway(request: Request): Gateway {
  return {
    async login(input) {
      const raw = await request("auth/login", { method: "POST", body: input, direct: true });
      const outer = objectOf(raw);
      // Gateways answer flat, servers wrap it in `data`.
      const body = { ...objectOf(outer.data), ...outer };
      return {
        session_token: textOf(body.session_token),
        email: textOf(objectOf(body.user).email),
        expires_at: timeOf(body.expires_at),
        message: textOf(body.message) ?? textOf(body.error),
        raw,
      };
    },
    contract: async () => objectOf(await request("runtime/contract", { direct: true })),
  };
}
