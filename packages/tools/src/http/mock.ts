import type { Json } from "@noetl/core";
import { done } from "../outcome.ts";
import type { ToolDone } from "../tool.ts";
import { type HttpRequest, withoutQuery } from "./request.ts";
import type { HttpConfig } from "./tool.ts";

/** Hosts ending in `.local`, only when `NOETL_HTTP_MOCK_LOCAL=true` says so (worker-and-tools §11.4). */
export function isMocked(url: URL, environment: { readonly [name: string]: string | undefined }): boolean {
  return environment.NOETL_HTTP_MOCK_LOCAL?.toLowerCase() === "true" && url.hostname.endsWith(".local");
}

/** What a mocked request gives: success, and what would have been sent. */
export function mockResult({ method, url }: HttpRequest, config: HttpConfig): ToolDone {
  const body: Json = {
    mocked: true,
    reason: "NOETL_HTTP_MOCK_LOCAL",
    endpoint: withoutQuery(url.href),
    method,
    params: config.params ?? {},
    payload: config.payload ?? config.json ?? config.body ?? null,
    data: config.data ?? null,
  };
  const data = { status_code: 200, headers: {}, data: body, body, url: url.href, elapsed_ms: 0, elapsed: 0 };
  return done(data, { http: { status: 200, headers: {}, url: url.href } });
}
