import { resolve } from "node:path";
import { type Json, type JsonObject, NoetlError } from "@noetl/core";
import { type Attempt, startAttempt } from "../network/attempt.ts";
import { done } from "../outcome.ts";
import type { ToolCall, ToolDone } from "../tool.ts";
import { readTransport } from "./agents.ts";
import { decode, decompressed, readAll } from "./decode.ts";
import { requestError, retryAfter, statusError } from "./errors.ts";
import { isMocked, mockResult } from "./mock.ts";
import { readRequest, withoutQuery } from "./request.ts";
import { saveTo } from "./save.ts";
import { type HttpResponse, send } from "./send.ts";
import type { HttpConfig } from "./tool.ts";

const DEFAULT_MS = 30_000;
const MAX_BYTES = 50 * 1024 * 1024;

/** Sends the request of a step; every failure is an outcome. */
export async function runHttp(config: HttpConfig, call: ToolCall): Promise<ToolDone> {
  const attempt = startAttempt(call, DEFAULT_MS);
  const started = performance.now();
  let host = withoutQuery(config.url);
  try {
    const request = readRequest(config, call.auth, call.env.playbookDirectory ?? call.env.workingDirectory);
    host = request.url.host;
    if (isMocked(request.url, call.env.processEnv)) return mockResult(request, config);
    const transport = await readTransport(config, call);
    const response = await send(request, transport, config.follow_redirects ?? true, call, attempt.signal);
    const body = await readBody(response, config, call, attempt);
    return outcomeOf(response, body, performance.now() - started, call);
  } catch (error) {
    const stopped = attempt.outcome();
    if (stopped !== undefined) return stopped;
    const info = requestError(error, host);
    return { status: info.kind === "timeout" ? "timeout" : "error", error: info };
  } finally {
    attempt.end();
  }
}

const BODILESS: ReadonlySet<number> = new Set([204, 205, 304]);

/** The data of a body; null when an answer of its kind has none. */
async function readBody(
  { status, headers, request, body }: HttpResponse,
  config: HttpConfig,
  call: ToolCall,
  attempt: Attempt,
): Promise<Json> {
  if (request.method === "HEAD" || BODILESS.has(status)) {
    await body.dump();
    return null;
  }
  const stream = decompressed(body, headers["content-encoding"]);
  const succeeded = status >= 200 && status < 300;
  if (config.save_to !== undefined && succeeded) {
    const path = resolve(call.env.playbookDirectory ?? call.env.workingDirectory, config.save_to);
    return saveTo(path, stream, attempt.signal);
  }
  const bytes = await readAll(stream, config.max_response_bytes ?? maxBytes(call));
  return decode(bytes, headers["content-type"], config.response_type);
}

function outcomeOf({ status, headers, request }: HttpResponse, body: Json, elapsed: number, call: ToolCall): ToolDone {
  const url = request.url.href;
  const elapsedMs = Math.round(elapsed);
  const data: JsonObject = {
    status_code: status,
    headers,
    data: body,
    body,
    url,
    elapsed_ms: elapsedMs,
    elapsed: elapsedMs / 1_000,
  };
  const http = { status, headers, url };
  if (status >= 200 && status < 300) return done(data, { http });
  const target = `${request.method} ${withoutQuery(url)}`;
  const error = statusError(status, target, retryAfter(headers["retry-after"], call.env.clock.now()), body);
  return { status: "error", data, error, http };
}

function maxBytes(call: ToolCall): number {
  const text = call.env.processEnv.NOETL_HTTP_MAX_RESPONSE_BYTES;
  if (text === undefined || text === "") return MAX_BYTES;
  const value = Number(text);
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw new NoetlError(
    "validation",
    "CONFIG_INVALID",
    `NOETL_HTTP_MAX_RESPONSE_BYTES must be a whole number, not '${text}'`,
  );
}
