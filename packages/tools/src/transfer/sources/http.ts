import { type Json, type JsonObject, NoetlError } from "@noetl/core";
import { httpTool } from "../../http/tool.ts";
import type { ToolCall } from "../../tool.ts";
import { type Chunk, chunkOf, valueAt } from "../chunk.ts";
import { CallFailed } from "../failure.ts";
import { credentialOf, need } from "../side.ts";
import type { SourceConfig } from "../tool.ts";

/** Rows of one answer: the list in its body, or the list under `data_path`. Throws `CallFailed` with the request's error. */
export async function* httpRows(
  config: SourceConfig,
  size: number,
  call: ToolCall,
  signal: AbortSignal,
): AsyncGenerator<Chunk> {
  const { url, method, headers, params, data_path } = config;
  const credential = credentialOf("source", config, call);
  const request: JsonObject = {
    url: need(url, "source.url", "what to read"),
    method: method ?? "GET",
    headers: headers ?? null,
    params: params ?? null,
  };
  const outcome = await httpTool.execute({
    ...call,
    config: request,
    auth: credential === undefined ? {} : { default: credential },
    signal,
  });
  if (outcome.status !== "ok") throw new CallFailed(outcome);
  const body = (outcome.data as JsonObject).data ?? null;
  const items = rowsIn(body, data_path);
  for (let start = 0; start < items.length; start += size) yield chunkOf(items.slice(start, start + size));
}

function rowsIn(body: Json, path: string | undefined): Json[] {
  const found = path === undefined ? body : valueAt(body, path);
  if (Array.isArray(found)) return found;
  if (found !== undefined && found !== null && path !== undefined) return [found];
  const where = path === undefined ? "the body is not a list" : `there is nothing at '${path}' in the body`;
  throw new NoetlError("terminal", "NO_ROWS", `transfer: ${where}`, { hint: "name the list with `source.data_path`" });
}
