import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { ensureError, isNoetlError, NoetlError } from "@noetl/core";
import type { Verdict } from "./health.ts";

export interface Pages {
  live(): Verdict;
  ready(): Verdict;
  metrics(): Promise<{ type: string; text: string }>;
}

export interface Listener {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * `/healthz`, `/livez`, `/health` · `/readyz` · `/metrics` (worker-and-tools §8.2); 503 with reasons when it is not so.
 * Meaning `unavailable` when the port is taken.
 */
export async function listen(address: { host: string; port: number }, pages: Pages): Promise<Listener> {
  const server = createServer((request, response) => {
    answer(request.url?.split("?")[0] ?? "", pages, response).catch((error: unknown) => {
      response.writeHead(500, { "content-type": "text/plain" }).end(`${ensureError(error).message}\n`);
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => reject(taken(error, address)));
    server.listen(address, resolve);
  });
  // Not what keeps the process alive.
  server.unref();
  const { port } = server.address() as AddressInfo;
  const host = address.host === "0.0.0.0" || address.host === "::" ? "127.0.0.1" : address.host;
  return {
    url: `http://${host.includes(":") ? `[${host}]` : host}:${port}`,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

/** A second worker of one machine finds the usual port taken; who asked for a port has to get that one. */
export async function listenAs(
  address: { host: string; port: number; usual: boolean } | undefined,
  pages: Pages,
): Promise<Listener | undefined> {
  if (!address) return undefined;
  try {
    return await listen(address, pages);
  } catch (error) {
    if (!address.usual || !isNoetlError(error) || error.code !== "PORT_TAKEN") throw error;
    return listen({ host: "127.0.0.1", port: 0 }, pages);
  }
}

async function answer(path: string, pages: Pages, response: ServerResponse): Promise<void> {
  switch (path) {
    case "/health":
    case "/healthz":
    case "/livez":
      return verdict(pages.live(), response);
    case "/readyz":
      return verdict(pages.ready(), response);
    case "/metrics": {
      const { type, text } = await pages.metrics();
      response.writeHead(200, { "content-type": type }).end(text);
      return;
    }
    default:
      response.writeHead(404, { "content-type": "text/plain" }).end("not found\n");
  }
}

function verdict({ ok, reasons }: Verdict, response: ServerResponse): void {
  const body = ok ? { status: "ok" } : { status: "unhealthy", reasons };
  response.writeHead(ok ? 200 : 503, { "content-type": "application/json" }).end(`${JSON.stringify(body)}\n`);
}

function taken(error: NodeJS.ErrnoException, { host, port }: { host: string; port: number }): NoetlError {
  const code = error.code === "EADDRINUSE" ? "PORT_TAKEN" : "CANNOT_LISTEN";
  return new NoetlError("unavailable", code, `cannot listen on ${host}:${port}: ${error.message}`, {
    cause: error,
    hint: "set WORKER_METRICS_BIND=HOST:PORT, or off",
  });
}
