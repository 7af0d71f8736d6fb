import type { Client } from "@noetl/client";
import { isNoetlError, type JsonObject } from "@noetl/core";
import type { CredentialInput } from "@noetl/plugin-catalog/credentials";
import {
  asksForServer,
  type Connection,
  type Context,
  type Environment,
  effectiveContext,
  Flags,
  readContexts,
  type ServerFlags,
} from "@noetl/sdk";
import { unknownCredential, withCredentials, withStore } from "./local-store.ts";

/** A credential without its data. */
export interface CredentialRow {
  id: string | null;
  name: string;
  type: string;
  description: string | null;
  tags: string[];
  /** ms since 1970; null where a server does not tell */
  updated_at: number | null;
}

/** Where credentials are kept: on this machine, or on a server. */
export interface Shelf {
  /** for messages */
  where: string;
  put(input: CredentialInput): Promise<{ id: string | null; name: string; type: string }>;
  list(filter: { type?: string; query?: string }): Promise<CredentialRow[]>;
  /** Values only with `reveal`, else masked; a server does not even tell the names of the fields. Meaning `not_found`. */
  get(name: string, reveal: boolean): Promise<CredentialRow & { data: JsonObject | null }>;
  /** Meaning `not_found`. Reads no secret: one that cannot be read any more is there, too. */
  expect(name: string): Promise<void>;
  /** Meaning `not_found`. */
  delete(name: string): Promise<void>;
  rotate(): Promise<Rotated>;
}

export interface Rotated {
  /** secrets that were under an older key */
  rewrapped: number;
  /** a new key was made; else they are under the one that was given */
  renewed: boolean;
  /** version of the key they are under now */
  current: string;
  /** secrets that are still under another one */
  stale: number;
}

export const placeFlags = {
  local: Flags.boolean({ exclusive: ["remote"], description: "the credentials of this machine" }),
  remote: Flags.boolean({
    exclusive: ["local"],
    description: "the credentials of the server; the default when one was named, or the context's is not this machine",
  }),
};

export interface PlaceFlags extends ServerFlags {
  local: boolean;
  remote: boolean;
}

/** Which shelf the flags, the environment and the context mean. */
export async function openShelf(
  flags: PlaceFlags,
  env: Environment,
  connect: (flags: ServerFlags) => Promise<Connection>,
): Promise<Shelf> {
  const remote = flags.remote || (!flags.local && (await meansServer(flags, env)));
  if (!remote) return localShelf(env);
  const { client, server } = await connect(flags);
  return serverShelf(client, server.url);
}

async function meansServer(flags: ServerFlags, env: Environment): Promise<boolean> {
  if (asksForServer(flags, env)) return true;
  const context = await currentContext(env);
  if (!context || context.runtime === "local") return false;
  const here = ["localhost", "127.0.0.1", "[::1]"].includes(new URL(context.serverUrl).hostname);
  return context.runtime === "distributed" || !here;
}

/** A broken config.yaml does not keep anybody from the credentials of this machine. */
async function currentContext(env: Environment): Promise<Context | undefined> {
  try {
    return effectiveContext(undefined, await readContexts(env));
  } catch (error) {
    if (isNoetlError(error) && error.code === "E_CONFIG") return undefined;
    throw error;
  }
}

function localShelf(env: Environment): Shelf {
  const names = async () => (await withCredentials(env, (all) => all.list({}))).map((one) => one.name);
  const unknown = async (name: string) => unknownCredential(name, "on this machine", await names());
  return {
    where: "this machine",
    put: (input) => withCredentials(env, (all) => all.put(input)),
    list: (filter) => withCredentials(env, (all) => all.list(filter)),
    async get(name, reveal) {
      const found = await withCredentials(env, (all) => all.get(name));
      if (!found) throw await unknown(name);
      return { ...found, data: reveal ? found.data : masked(found.data) };
    },
    async expect(name) {
      if (!(await names()).includes(name)) throw await unknown(name);
    },
    async delete(name) {
      if (!(await withCredentials(env, (all) => all.delete(name)))) throw await unknown(name);
    },
    rotate: () =>
      withStore(env, async (store) => {
        const done = await store.rekey({ fresh: true });
        const { current, stale } = await store.keyStatus();
        return { ...done, current, stale };
      }),
  };
}

function serverShelf(client: Client, url: string): Shelf {
  const named = async <T>(name: string, work: () => Promise<T>) => {
    try {
      return await work();
    } catch (error) {
      if (isNoetlError(error) && error.meaning === "not_found") throw unknownCredential(name, `on ${url}`);
      throw error;
    }
  };
  return {
    where: url,
    put: (input) => client.credentials.put({ ...input }),
    async list({ type, query }) {
      const filter = { ...(type !== undefined && { type }), ...(query !== undefined && { q: query }) };
      return (await client.credentials.list(filter)).map((row) => ({ ...row, updated_at: ms(row.updated_at) }));
    },
    async get(name, reveal) {
      const { data, ...row } = await named(name, () => client.credentials.get(name, { reveal }));
      // One generation sends the data whatever it was asked (weakness 13).
      return { ...row, updated_at: ms(row.updated_at), data: data === undefined ? null : reveal ? data : masked(data) };
    },
    async expect(name) {
      const names = (await client.credentials.list()).map((one) => one.name);
      if (!names.includes(name)) throw unknownCredential(name, `on ${url}`, names);
    },
    delete: (name) => named(name, () => client.credentials.delete(name)),
    rotate: () => client.credentials.rotate(),
  };
}

function ms(time: string | null): number | null {
  return time === null ? null : Date.parse(time);
}

function masked(data: JsonObject): JsonObject {
  return Object.fromEntries(Object.keys(data).map((key) => [key, "***"]));
}
