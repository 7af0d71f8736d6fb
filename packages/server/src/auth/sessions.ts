import { randomBytes } from "node:crypto";
import { type Json, type JsonObject, NoetlError } from "@noetl/core";
import type { Console } from "../sql/console.ts";

/** People who come through the gateway: the `auth` schema of the database a credential leads to (server-api §2.15). */
export interface User {
  user_id: number;
  email: string | null;
  display_name: string | null;
  roles: string[];
}

export interface Sessions {
  find(token: string): Promise<{ user: User; expires_at: Json } | undefined>;
  /** Undefined for a subject nobody registered, or who is not active. */
  open(
    subject: string,
    origin: { token: string; ip: string },
  ): Promise<{ token: string; user: User; expires_at: string } | undefined>;
  allows(userId: number, path: string, action: string): Promise<boolean>;
}

const SESSION_MS = 8 * 3_600_000;

export function openSessions(console: Console, credential: string, now: () => number): Sessions {
  const ask = async (text: string, parameters: Json[], write = false): Promise<JsonObject[]> =>
    (await console.run({ text, parameters, write, credential })).rows;

  async function userOf(row: JsonObject): Promise<User> {
    const roles = await ask(
      `SELECT r.role_name AS name FROM auth.user_roles ur JOIN auth.roles r ON r.role_id = ur.role_id
       WHERE ur.user_id = $1 AND (ur.expires_at IS NULL OR ur.expires_at > now()) ORDER BY 1`,
      [row.user_id ?? null],
    );
    return {
      user_id: Number(row.user_id),
      email: typeof row.email === "string" ? row.email : null,
      display_name: typeof row.display_name === "string" ? row.display_name : null,
      roles: roles.map((role) => String(role.name)),
    };
  }

  return {
    async find(token) {
      const [row] = await ask(
        `SELECT u.user_id, u.email, u.display_name, s.expires_at FROM auth.sessions s JOIN auth.users u ON u.user_id = s.user_id
         WHERE s.session_token = $1 AND s.is_active AND u.is_active AND s.expires_at > now()`,
        [token],
      );
      return row && { user: await userOf(row), expires_at: row.expires_at ?? null };
    },
    async open(subject, origin) {
      const [row] = await ask("SELECT user_id, email, display_name FROM auth.users WHERE auth0_id = $1 AND is_active", [
        subject,
      ]);
      if (!row) return undefined;
      const token = randomBytes(32).toString("base64url");
      const expires_at = new Date(now() + SESSION_MS).toISOString();
      await ask(
        `INSERT INTO auth.sessions (session_token, user_id, auth0_token, expires_at, is_active, ip_address)
         VALUES ($1, $2, $3, $4, true, $5)`,
        [token, row.user_id ?? null, origin.token, expires_at, origin.ip],
        true,
      );
      return { token, user: await userOf(row), expires_at };
    },
    async allows(userId, path, action) {
      const column = COLUMNS[action];
      if (column === undefined) throw new NoetlError("validation", "BAD_REQUEST", `unknown action '${action}'`);
      const rows = await ask(
        `SELECT 1 FROM auth.playbook_permissions p JOIN auth.user_roles ur ON ur.role_id = p.role_id
         WHERE ur.user_id = $1 AND (ur.expires_at IS NULL OR ur.expires_at > now()) AND p.${column}
           AND ($2 = p.playbook_path OR $2 LIKE replace(p.playbook_path, '*', '%')) LIMIT 1`,
        [userId, path],
      );
      return rows.length > 0;
    },
  };
}

const COLUMNS: { readonly [action: string]: string } = {
  execute: "can_execute",
  view: "can_view",
  modify: "can_modify",
};
