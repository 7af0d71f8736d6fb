import { NoetlError } from "@noetl/core";
import type { Dispatcher } from "undici";
import { codeOf } from "../network/socket-error.ts";
import type { ToolCall } from "../tool.ts";
import { agentFor, type Transport } from "./agents.ts";
import { sendable } from "./body.ts";
import { type HostMap, readHosts } from "./hosts.ts";
import { proxyFor } from "./proxy.ts";
import { redirected } from "./redirect.ts";
import type { HttpRequest } from "./request.ts";

const MAX_REDIRECTS = 10;

export interface HttpResponse {
  status: number;
  /** names in lower case; repeated ones joined with `, ` */
  headers: Record<string, string>;
  /** of the last request */
  request: HttpRequest;
  body: Dispatcher.ResponseData["body"];
}

/** Sends a request and follows redirects. Rejects with what the library throws, or `NoetlError` code `TOO_MANY_REDIRECTS`. */
export async function send(
  first: HttpRequest,
  transport: Transport,
  follow: boolean,
  call: ToolCall,
  signal: AbortSignal,
): Promise<HttpResponse> {
  const hosts = readHosts(call.env.processEnv.NOETL_HTTP_HOSTS);
  let request = first;
  for (let hops = 0; ; hops++) {
    const response = await sendOnce(request, transport, hosts, call, signal);
    const headers = flatHeaders(response.headers);
    const next = follow ? redirected(request, response.statusCode, headers.location) : undefined;
    if (next === undefined) return { status: response.statusCode, headers, request, body: response.body };
    await response.body.dump();
    if (hops === MAX_REDIRECTS) {
      throw new NoetlError("terminal", "TOO_MANY_REDIRECTS", `more than ${MAX_REDIRECTS} redirects`);
    }
    request = next;
  }
}

async function sendOnce(
  request: HttpRequest,
  transport: Transport,
  hosts: HostMap,
  call: ToolCall,
  signal: AbortSignal,
): Promise<Dispatcher.ResponseData> {
  const { url, method } = request;
  const elsewhere = hosts.origin(url);
  const proxy = elsewhere === undefined ? proxyFor(url, call.env.processEnv) : undefined;
  const agent = await agentFor(call, transport, proxy);
  const options = {
    origin: elsewhere ?? url.origin,
    path: `${url.pathname}${url.search}`,
    method: method as Dispatcher.HttpMethod,
    headers: {
      ...request.headers,
      "accept-encoding": request.headers["accept-encoding"] ?? "gzip, deflate, br",
      ...(elsewhere === undefined ? {} : { host: url.host }),
    },
    signal,
  };
  try {
    const { body, headers } = await sendable(request.body);
    return await agent.request({ ...options, headers: { ...options.headers, ...headers }, body });
  } catch (error) {
    // A kept connection may be closed by the server just when it is used again; what has no effect is simply asked again.
    const closed = codeOf(error) === "UND_ERR_SOCKET" || codeOf(error) === "ECONNRESET";
    const harmless = (method === "GET" || method === "HEAD") && request.body === undefined;
    if (!closed || !harmless || signal.aborted) throw error;
    return agent.request({ ...options, body: null });
  }
}

function flatHeaders(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name.toLowerCase(), [value].flat().join(", ")]],
    ),
  );
}
