import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import type { TestContext } from "node:test";

/** A request as it came. */
export interface Seen {
  method: string;
  /** without the query */
  path: string;
  query: { [name: string]: string };
  headers: IncomingHttpHeaders;
  /** parsed when it is JSON, else the text */
  body: unknown;
}

export type Answer = readonly [status: number, body: unknown];

/** Answers for `METHOD /path`; a path that ends in `*` stands for all that begin so. */
export type Routes = { readonly [route: string]: Answer | ((seen: Seen) => Answer | Promise<Answer>) };

export interface TestServer {
  url: string;
  seen: Seen[];
  /** as `--host` and `--port` */
  port: number;
}

/** A server on a free port that gives literal answers and remembers what it was asked. It is gone after the test. */
export async function answeringServer(test: Pick<TestContext, "after">, routes: Routes): Promise<TestServer> {
  const seen: Seen[] = [];
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? "", "http://localhost");
    const body = await text(request);
    const one: Seen = {
      method: request.method ?? "",
      path: url.pathname,
      query: Object.fromEntries(url.searchParams),
      headers: request.headers,
      body: parsed(body),
    };
    seen.push(one);
    const [status, answer] = await answerTo(routes, one);
    const content = typeof answer === "string" ? answer : JSON.stringify(answer);
    response.writeHead(status, { "content-type": "application/json" }).end(content);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  test.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, port, seen };
}

async function answerTo(routes: Routes, seen: Seen): Promise<Answer> {
  const asked = `${seen.method} ${seen.path}`;
  const found =
    routes[asked] ??
    Object.entries(routes).find(([route]) => route.endsWith("*") && asked.startsWith(route.slice(0, -1)))?.[1];
  if (!found) return [404, { error: `no such route: ${asked}`, status: 404 }];
  return typeof found === "function" ? found(seen) : found;
}

function parsed(body: string): unknown {
  if (body === "") return undefined;
  try {
    return JSON.parse(body) as unknown;
  } catch (error) {
    if (error instanceof SyntaxError) return body;
    throw error;
  }
}
