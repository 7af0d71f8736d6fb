import type { Endpoint } from "@noetl/client";
import type { Environment } from "./config-folder.ts";
import { type Context, checkedUrl } from "./context.ts";
import { type ContextsFile, contextNamed } from "./read.ts";

/** Where a value came from, for `doctor`, `config explain` and messages. */
export type ServerSource = "--server-url" | "--host/--port" | "NOETL_SERVER_URL" | "context" | "settings" | "default";
export type TokenSource = "--session-token" | "NOETL_SESSION_TOKEN" | "NOETL_API_TOKEN" | "context";

export interface ServerChoice {
  url: string;
  /** which rule decided */
  source: ServerSource;
  context?: Context;
  endpoint: Endpoint;
  tokenSource?: TokenSource;
}

export interface ServerFlags {
  "server-url"?: string | undefined;
  host?: string | undefined;
  port?: number | undefined;
  context?: string | undefined;
  gateway?: boolean | undefined;
  "session-token"?: string | undefined;
  "request-timeout"?: string | undefined;
}

/** Was a server asked for on the command line or in the environment? */
export function asksForServer(flags: ServerFlags, env: Environment): boolean {
  const { host, port, context, gateway } = flags;
  return Boolean(flags["server-url"] || host || port || context || gateway || env.NOETL_SERVER_URL);
}

/**
 * The server a command talks to (cli.md §1.3): `--server-url`, `--host`/`--port`, `NOETL_SERVER_URL`, the context, the
 * settings, `http://localhost:8082`. Throws meaning `not_found` for an unknown context.
 */
export function chooseServer(flags: ServerFlags, file: ContextsFile, env: Environment): ServerChoice {
  const context = effectiveContext(flags.context, file);
  const { url, source } = addressFor(flags, context, file, env);
  // A context's session belongs to its own server; it is never sent anywhere else (cli.md §1.5).
  const own = context && sameOrigin(context.serverUrl, url) ? context : undefined;
  const token = tokenFor(flags, own, env);
  return {
    url,
    source,
    endpoint: {
      url,
      gateway: flags.gateway ?? switchedOn(env.NOETL_USE_GATEWAY) ?? own?.gateway ?? file.settings.gateway ?? "auto",
      ...(token && { token: token.text }),
    },
    ...(context && { context }),
    ...(token && { tokenSource: token.source }),
  };
}

function addressFor(
  flags: ServerFlags,
  context: Context | undefined,
  file: ContextsFile,
  env: Environment,
): { url: string; source: ServerSource } {
  if (flags["server-url"]) return { url: checkedUrl(flags["server-url"], "--server-url"), source: "--server-url" };
  if (flags.host || flags.port) {
    const url = `http://${flags.host ?? "localhost"}:${flags.port ?? 8082}`;
    return { url: checkedUrl(url, "--host"), source: "--host/--port" };
  }
  if (env.NOETL_SERVER_URL) {
    // Workers are given the address with /api; clients add it themselves.
    const url = checkedUrl(env.NOETL_SERVER_URL, "NOETL_SERVER_URL").replace(/\/api$/, "");
    return { url, source: "NOETL_SERVER_URL" };
  }
  if (context) return { url: checkedUrl(context.serverUrl, `context ${context.name}`), source: "context" };
  if (file.settings.serverUrl) return { url: file.settings.serverUrl, source: "settings" };
  return { url: "http://localhost:8082", source: "default" };
}

function tokenFor(
  flags: ServerFlags,
  own: Context | undefined,
  env: Environment,
): { text: string; source: TokenSource } | undefined {
  const candidates: [string | undefined, TokenSource][] = [
    [flags["session-token"], "--session-token"],
    [env.NOETL_SESSION_TOKEN, "NOETL_SESSION_TOKEN"],
    [own?.sessionToken, "context"],
    [env.NOETL_API_TOKEN, "NOETL_API_TOKEN"],
  ];
  for (const [text, source] of candidates) if (text?.trim()) return { text: text.trim(), source };
  return undefined;
}

/** `1 true yes on` and their opposites; anything else says nothing. */
function switchedOn(value: string | undefined): boolean | undefined {
  if (value === undefined) return undefined;
  if (/^(1|true|yes|on)$/i.test(value)) return true;
  return /^(0|false|no|off)$/i.test(value) ? false : undefined;
}

/** Are these two addresses of one server? */
export function sameOrigin(a: string, b: string): boolean {
  return URL.canParse(a) && URL.canParse(b) && new URL(a).origin === new URL(b).origin;
}

/** The context named for this command, else the current one. A current context that is gone counts as none. */
export function effectiveContext(named: string | undefined, file: ContextsFile): Context | undefined {
  if (named !== undefined) return contextNamed(file, named);
  return file.current === undefined ? undefined : file.contexts.get(file.current);
}

/** The flags of a command that is about a context: its own server is meant, whatever NOETL_SERVER_URL says. */
export function atContext<F extends ServerFlags>(flags: F, file: ContextsFile): F {
  if (flags.context === undefined || flags["server-url"] || flags.host || flags.port) return flags;
  return { ...flags, "server-url": contextNamed(file, flags.context).serverUrl };
}
