import { readFile, realpath } from "node:fs/promises";
import { isAbsolute, join, relative, resolve, sep } from "node:path";
import { isObject, type Json, type JsonObject } from "@noetl/core";
import { failed } from "../outcome.ts";
import type { ToolCall, ToolDone } from "../tool.ts";

export interface Script {
  text: string;
  /** the file or address it came from; absent: it stands in the playbook itself */
  from?: string;
  /** for text that came from a file: its path */
  file?: string;
}

type Refusal = (message: string) => ToolDone;

/**
 * Text kept elsewhere (worker-and-tools §11.2): `{uri, source: {type, code, endpoint, method, headers, timeout}}`, to the
 * letter and never rendered. `kind` is the tool that asks, for messages; an outcome when there is none to be had.
 */
export async function loadScript(kind: string, script: JsonObject, call: ToolCall): Promise<Script | ToolDone> {
  const bad: Refusal = (message) => failed("configuration", `${kind}: ${message}`, { code: "CONFIG_INVALID" });
  const source: JsonObject = isObject(script.source) ? (script.source as JsonObject) : {};
  const code = [source.code, script.code, script.content].find((value): value is string => typeof value === "string");
  if (code !== undefined) return { text: code };
  const uri = textOf(script.uri);
  const type = textOf(source.type) ?? textOf(script.type) ?? schemeOf(uri ?? "");
  switch (type.toLowerCase()) {
    case "file":
    case "local":
      return uri === undefined ? bad("script.uri is missing") : fromFile(uri.replace(/^file:\/\//, ""), call, bad);
    case "http":
    case "https":
      return fromWeb(uri ?? "", source, call, bad);
    case "gcs":
    case "s3":
      return bad(`scripts of source type '${type}' are not available in this version; use file or http`);
    case "inline":
      return bad("script.source.code is missing");
    default:
      return bad(`script.source.type '${type}' is not one of inline, file, http`);
  }
}

function schemeOf(uri: string): string {
  const scheme = /^([a-z0-9]+):\/\//i.exec(uri)?.[1]?.toLowerCase() ?? "file";
  return scheme === "gs" ? "gcs" : scheme;
}

async function fromFile(uri: string, { env }: ToolCall, bad: Refusal): Promise<Script | ToolDone> {
  const root = env.processEnv.NOETL_SCRIPT_ROOT;
  const bases = root ? [root] : [env.playbookDirectory, env.workingDirectory].filter((base) => base !== undefined);
  for (const path of isAbsolute(uri) ? [uri] : bases.map((base) => join(base, uri))) {
    try {
      const real = await realpath(path);
      if (root && outside(await realpath(root), real)) return bad(`script '${uri}' lies outside NOETL_SCRIPT_ROOT`);
      return { text: await readFile(real, "utf8"), from: real, file: real };
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (code !== "ENOENT" && code !== "ENOTDIR") return bad(`script '${uri}' cannot be read: ${message}`);
    }
  }
  return bad(`script '${uri}' is not there (looked in ${isAbsolute(uri) ? "/" : bases.join(", ")})`);
}

function outside(root: string, path: string): boolean {
  const way = relative(root, resolve(path));
  return way === ".." || way.startsWith(`..${sep}`) || isAbsolute(way);
}

async function fromWeb(uri: string, source: JsonObject, call: ToolCall, bad: Refusal): Promise<Script | ToolDone> {
  const endpoint = textOf(source.endpoint);
  const address = /^https?:/i.test(uri)
    ? uri
    : endpoint && `${endpoint.replace(/\/+$/, "")}/${uri.replace(/^\/+/, "")}`;
  if (!address) return bad("a script from the web needs a full `uri`, or `source.endpoint` and a relative one");
  const seconds = Number(source.timeout ?? 30);
  const limit = AbortSignal.timeout((Number.isFinite(seconds) && seconds > 0 ? seconds : 30) * 1000);
  const headers = { ...bearer(call), ...textsOf(source.headers) };
  try {
    const response = await fetch(address, {
      method: textOf(source.method) ?? "GET",
      headers,
      signal: AbortSignal.any([limit, call.signal]),
    });
    if (!response.ok) {
      return failed("configuration", `script ${place(address)}: HTTP ${response.status}`, {
        code: `HTTP_${response.status}`,
      });
    }
    return { text: await response.text(), from: place(address) };
  } catch (error) {
    if (call.signal.aborted) throw error;
    if (limit.aborted) return failed("timeout", `script ${place(address)}: no answer`, { code: "CONN_TIMEOUT" });
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
    return failed("connection", `script ${place(address)}: ${cause}`, { code: "CONN_ERROR" });
  }
}

/** Queries and users of addresses may be secrets. */
function place(address: string): string {
  if (!URL.canParse(address)) return address;
  const url = new URL(address);
  return `${url.origin}${url.pathname}`;
}

function bearer({ auth }: ToolCall): { [name: string]: string } {
  const credential = auth.default ?? Object.values(auth)[0];
  const token = credential && (credential.data.token ?? credential.data.access_token);
  return typeof token === "string" ? { authorization: `Bearer ${token}` } : {};
}

function textOf(value: Json | undefined): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function textsOf(value: Json | undefined): { [name: string]: string } {
  return isObject(value) ? Object.fromEntries(Object.entries(value).map(([key, item]) => [key, String(item)])) : {};
}
