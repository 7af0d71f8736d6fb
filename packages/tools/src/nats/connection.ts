import { createHash } from "node:crypto";
import type { Authenticator, NatsConnection } from "@nats-io/transport-node";
import { type JsonObject, NoetlError } from "@noetl/core";
import { configFields } from "../credential/index.ts";
import { readPem } from "../network/pem.ts";
import type { ToolCall } from "../tool.ts";
import type { NatsConfig } from "./tool.ts";

/** Connections that nobody has used for this long are closed (worker-and-tools §11.11). */
const IDLE_MS = 60_000;
const CONNECT_MS = 10_000;

/** Where to connect and as whom. */
export interface Identity {
  servers: string[];
  user?: string;
  password?: string;
  token?: string;
  /** seed of an nkey */
  nkey?: string;
  /** credentials file, or its text */
  creds?: string;
}

/** Keys of the step over those of its credential. Throws `NoetlError` code `AUTH_MISSING`: nothing names a server. */
export function readIdentity(config: NatsConfig, call: ToolCall): Identity {
  const credential = call.auth.default ?? Object.values(call.auth)[0];
  const fields: JsonObject = credential === undefined ? {} : configFields({ type: "nats", data: credential.data });
  const text = (name: "url" | "user" | "password" | "token" | "nkey" | "creds"): string | undefined => {
    const value = config[name] ?? fields[name];
    return typeof value === "string" && value !== "" ? value : undefined;
  };
  const url = text("url");
  if (url === undefined) {
    throw new NoetlError("auth", "AUTH_MISSING", "nats does not know where to connect", {
      hint: "name a credential of type `nats` with `auth:`, or give `url`",
    });
  }
  const servers = url
    .split(",")
    .map((one) => URL.parse(one.trim().includes("://") ? one.trim() : `nats://${one.trim()}`));
  const first = servers[0];
  if (!first || servers.includes(null))
    throw new NoetlError("validation", "CONFIG_INVALID", "nats: `url` is not an address of a server");
  const user = text("user") ?? (decodeURIComponent(first.username) || undefined);
  const password = text("password") ?? (decodeURIComponent(first.password) || undefined);
  const [token, nkey, creds] = [text("token"), text("nkey"), text("creds")];
  return {
    servers: servers.flatMap((server) => (server === null ? [] : [`${server.protocol}//${server.host}`])),
    ...(user === undefined ? {} : { user }),
    ...(password === undefined ? {} : { password }),
    ...(token === undefined ? {} : { token }),
    ...(nkey === undefined ? {} : { nkey }),
    ...(creds === undefined ? {} : { creds }),
  };
}

interface Holder {
  connection?: Promise<NatsConnection>;
  users: number;
  idle?: NodeJS.Timeout;
}

/** Runs `use` on the connection of an identity, which all calls of the process share. */
export async function withConnection<T>(
  identity: Identity,
  call: ToolCall,
  use: (connection: NatsConnection) => Promise<T>,
): Promise<T> {
  const key = createHash("sha256").update(JSON.stringify(identity)).digest("hex");
  const holder = call.env.resources.get<Holder>(`nats:${key}`, () => ({ users: 0 }), close);
  clearTimeout(holder.idle);
  holder.users++;
  try {
    const known = await holder.connection;
    if (known?.isClosed()) delete holder.connection;
    holder.connection ??= open(identity, call).catch((error: unknown) => {
      delete holder.connection;
      throw error;
    });
    return await use(await holder.connection);
  } finally {
    holder.users--;
    if (holder.users === 0) holder.idle = setTimeout(() => void close(holder), IDLE_MS).unref();
  }
}

async function close(holder: Holder): Promise<void> {
  clearTimeout(holder.idle);
  const connection = holder.connection;
  delete holder.connection;
  await (await connection)?.close();
}

async function open(identity: Identity, call: ToolCall): Promise<NatsConnection> {
  const { connect } = await import("@nats-io/transport-node");
  const { servers, user, password, token } = identity;
  const authenticator = await authenticatorOf(identity, call);
  return connect({
    servers,
    name: "noetl",
    timeout: call.timeout.connect ?? CONNECT_MS,
    maxReconnectAttempts: 5,
    reconnectTimeWait: 500,
    ...(user === undefined ? {} : { user }),
    ...(password === undefined ? {} : { pass: password }),
    ...(token === undefined ? {} : { token }),
    ...(authenticator === undefined ? {} : { authenticator }),
  });
}

async function authenticatorOf({ nkey, creds }: Identity, call: ToolCall): Promise<Authenticator | undefined> {
  if (nkey === undefined && creds === undefined) return undefined;
  const { credsAuthenticator, nkeyAuthenticator } = await import("@nats-io/transport-node");
  const bytes = (text: string) => new TextEncoder().encode(text);
  if (creds === undefined) return nkeyAuthenticator(bytes(nkey ?? ""));
  return credsAuthenticator(bytes(await readPem(creds, call.env.playbookDirectory ?? call.env.workingDirectory)));
}
