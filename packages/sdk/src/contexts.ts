import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { isObject, NoetlError } from "@noetl/core";
import { configFolder, type Environment } from "./config-folder.ts";

/** One entry of `config.yaml` (cli.md §2.1); keys we do not know stay in `rest`. */
export interface Context {
  name: string;
  serverUrl: string;
  runtime: "local" | "distributed" | "auto";
  sessionToken?: string;
}

export interface ContextsFile {
  path: string;
  current?: string;
  contexts: ReadonlyMap<string, Context>;
}

/**
 * Reads `config.yaml`; a missing file is an empty configuration. Throws meaning `validation` when it is broken, so
 * that only commands that need a context fail.
 */
export async function readContexts(env: Environment): Promise<ContextsFile> {
  const path = env.NOETL_CONFIG || join(configFolder(env), "config.yaml");
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw new NoetlError("terminal", "E_CONFIG", `cannot read ${path}: ${error.message}`, { cause: error });
  });
  if (text === undefined) return { path, contexts: new Map() };
  const { parse } = await import("yaml");
  let document: unknown;
  try {
    document = parse(text);
  } catch (error) {
    throw broken(path, error instanceof Error ? error.message : String(error));
  }
  if (document === null) return { path, contexts: new Map() };
  if (!isObject(document)) throw broken(path, "the document is not a map");
  const listed = isObject(document.contexts) ? document.contexts : {};
  const contexts = new Map(Object.entries(listed).map(([name, value]) => [name, contextOf(path, name, value)]));
  return { path, contexts, ...(typeof document.current_context === "string" && { current: document.current_context }) };
}

function contextOf(path: string, name: string, value: unknown): Context {
  if (!isObject(value) || typeof value.server_url !== "string")
    throw broken(path, `context '${name}' has no server_url`);
  const runtime = value.runtime ?? "auto";
  if (runtime !== "auto" && runtime !== "local" && runtime !== "distributed") {
    throw broken(path, `context '${name}': runtime must be auto, local or distributed`);
  }
  const token = value.gateway_session_token;
  return {
    name,
    serverUrl: value.server_url,
    runtime,
    ...(typeof token === "string" && token && { sessionToken: token }),
  };
}

function broken(path: string, message: string): NoetlError {
  return new NoetlError("validation", "E_CONFIG", `${path}: ${message}`, { hint: "mend the file or move it away" });
}

export interface ServerChoice {
  url: string;
  /** which rule decided: for `doctor` and messages */
  source: "--server-url" | "--host/--port" | "NOETL_SERVER_URL" | "context" | "default";
  context?: Context;
}

export interface ServerFlags {
  "server-url"?: string | undefined;
  host?: string | undefined;
  port?: number | undefined;
  context?: string | undefined;
}

/**
 * The server a command talks to (cli.md §1.3): `--server-url`, `--host`/`--port`, `NOETL_SERVER_URL`, the context,
 * `http://localhost:8082`. Throws meaning `not_found` for an unknown context.
 */
export function chooseServer(flags: ServerFlags, file: ContextsFile, env: Environment): ServerChoice {
  const context = effectiveContext(flags.context, file);
  const chosen = (url: string, source: ServerChoice["source"]): ServerChoice => ({
    url: url.replace(/\/+$/, ""),
    source,
    ...(context && { context }),
  });
  if (flags["server-url"]) return chosen(flags["server-url"], "--server-url");
  if (flags.host || flags.port)
    return chosen(`http://${flags.host ?? "localhost"}:${flags.port ?? 8082}`, "--host/--port");
  if (env.NOETL_SERVER_URL) return chosen(env.NOETL_SERVER_URL, "NOETL_SERVER_URL");
  return context ? chosen(context.serverUrl, "context") : chosen("http://localhost:8082", "default");
}

function effectiveContext(named: string | undefined, file: ContextsFile): Context | undefined {
  const name = named ?? file.current;
  if (name === undefined) return undefined;
  const context = file.contexts.get(name);
  if (!context && named !== undefined) {
    throw new NoetlError("not_found", "CONTEXT_NOT_FOUND", `there is no context '${name}'`, {
      hint:
        file.contexts.size > 0
          ? `known contexts: ${[...file.contexts.keys()].sort().join(", ")}`
          : `none is set up in ${file.path}`,
    });
  }
  return context;
}
