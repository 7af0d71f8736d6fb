import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { httpbin } from "./web/httpbin.ts";
import { jsonplaceholder } from "./web/jsonplaceholder.ts";
import { paginatedApi } from "./web/paginated.ts";
import type { Call, Reply, Site } from "./web/reply.ts";
import { weather } from "./web/weather.ts";

export interface TestWeb {
  /** `http://127.0.0.1:PORT`; every stand-in answers here by path. */
  url: string;
  port: number;
  /**
   * Environment under which the real names reach the stand-ins: `NOETL_HTTP_HOSTS` for the http tool, `http_proxy` for
   * anything else that speaks plain http (python's urllib, curl).
   */
  env: Record<string, string>;
  /** Requests so far, oldest first. */
  calls: Call[];
  stop(): Promise<void>;
}

export const PAGINATED_HOST = "paginated-api.test-server.svc.cluster.local:5555";

/**
 * Stand-ins for the web services that playbooks of the corpus call, on one free port. The site is chosen by the `Host`
 * header (or the absolute URL of a proxied request); other hosts get the first site that knows the path.
 */
export async function startWeb(): Promise<TestWeb> {
  const sites: Record<string, Site> = {
    [PAGINATED_HOST]: paginatedApi(),
    "jsonplaceholder.typicode.com": jsonplaceholder,
    "httpbin.org": httpbin,
    "api.open-meteo.com": weather,
  };
  const calls: Call[] = [];
  const server = createServer((request, response) => {
    answer(sites, calls, request).then(
      (reply) => send(response, request.method ?? "GET", reply),
      (error: unknown) => send(response, "GET", { status: 500, body: { error: String(error) } }),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    port,
    calls,
    env: {
      NOETL_HTTP_HOSTS: Object.keys(sites)
        .map((host) => `${host}=${url}`)
        .join(","),
      http_proxy: url,
      no_proxy: "127.0.0.1,localhost",
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(sites: Record<string, Site>, calls: Call[], request: IncomingMessage): Promise<Reply> {
  const target = request.url ?? "/";
  const url = new URL(target, `http://${request.headers.host ?? "localhost"}`);
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
  const call: Call = { method: request.method ?? "GET", url, headers, body: Buffer.concat(chunks).toString("utf8") };
  calls.push(call);
  const named = Object.hasOwn(sites, url.host) ? sites[url.host] : undefined;
  for (const site of named === undefined ? Object.values(sites) : [named]) {
    const reply = await site(call);
    if (reply !== undefined) return reply;
  }
  return { status: 404, body: { error: `no stand-in for ${url.host}${url.pathname}` } };
}

function send(response: ServerResponse, method: string, { status, headers, body }: Reply): void {
  const text = body === undefined ? "" : typeof body === "string" ? body : JSON.stringify(body);
  const type = typeof body === "object" ? { "content-type": "application/json; charset=utf-8" } : {};
  response.writeHead(status, { ...type, "content-length": Buffer.byteLength(text), ...headers });
  response.end(method === "HEAD" ? undefined : text);
}
