import { type Bus, openInProcessBus } from "@noetl/bus";
import { type Json, type JsonObject, parseJson, snowflakes, systemClock } from "@noetl/core";
import { openMemoryStore, type Store } from "@noetl/store";
import { createRegistry } from "@noetl/tools";
import { defaults, type ServerConfig } from "../config/config.ts";
import { silent } from "../log.ts";
import { openServer, type Server } from "../server.ts";

export interface TestServer {
  server: Server;
  url: string;
  store: Store;
  call(method: string, path: string, body?: unknown, headers?: { [name: string]: string }): Promise<Answer>;
  /** 2xx or it throws */
  ok(method: string, path: string, body?: unknown, headers?: { [name: string]: string }): Promise<JsonObject>;
  close(): Promise<void>;
}

export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  body: Json;
}

/** A server that listens on a free loopback port, over a store of its own unless one is given. */
export async function startServer(
  options: { config?: Partial<ServerConfig>; store?: Store; bus?: Bus; machine?: number } = {},
): Promise<TestServer> {
  const ids = snowflakes({ machine: options.machine ?? 5 });
  const store = options.store ?? (await openMemoryStore({ ids }));
  const bus = options.bus ?? openInProcessBus();
  const server = openServer({
    store,
    bus,
    config: { ...defaults, port: 0, ...options.config },
    clock: systemClock,
    ids,
    tools: createRegistry(),
    log: silent,
    version: "0.0.0-test",
  });
  const { url } = await server.listen();
  const call: TestServer["call"] = async (method, path, body, headers = {}) => {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: { ...(body === undefined ? {} : { "content-type": "application/json" }), ...headers },
      ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = response.headers.get("content-type")?.includes("json");
    return { status: response.status, headers: response.headers, text, body: isJson ? parseJson(text) : text };
  };
  return {
    server,
    url,
    store,
    call,
    async ok(method, path, body, headers) {
      const answer = await call(method, path, body, headers);
      if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`);
      return answer.body as JsonObject;
    },
    async close() {
      await server.close();
      if (!options.bus) await bus.close();
      if (!options.store) await store.close();
    },
  };
}

/** A playbook whose steps call the tool `noop`, each with these arcs. */
export function playbook(name: string, steps: { [step: string]: readonly string[] }, more = ""): string {
  const workflow = Object.entries(steps).map(([step, next]) => {
    const arcs = next.map((target) => `\n          - step: ${target}`).join("");
    const router = next.length === 0 ? "" : `\n    next:\n      spec: {mode: inclusive}\n      arcs:${arcs}`;
    return `  - step: ${step}\n    tool:\n      kind: noop\n${router}`;
  });
  return `apiVersion: noetl.io/v2\nkind: Playbook\nmetadata:\n  name: ${name}\n  path: ${name}\n${more}workflow:\n${workflow.join("\n")}\n`;
}

export async function register(server: TestServer, content: string): Promise<JsonObject> {
  return server.ok("POST", "/api/catalog/register", { content, resource_type: "Playbook" });
}

export async function execute(server: TestServer, path: string, more: JsonObject = {}): Promise<string> {
  return String((await server.ok("POST", "/api/execute", { path, ...more })).execution_id);
}

export async function until<T>(look: () => Promise<T | undefined>, ms = 10_000): Promise<T> {
  const end = Date.now() + ms;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > end) throw new Error("it did not come to that");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Waits for the end of an execution; its status document. */
export function ended(server: TestServer, executionId: string): Promise<JsonObject> {
  return until(async () => {
    const status = await server.ok("GET", `/api/executions/${executionId}/status`);
    return status.completed === true ? status : undefined;
  });
}
