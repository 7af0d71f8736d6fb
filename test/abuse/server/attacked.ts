import assert from "node:assert/strict";
import { request } from "node:http";
import { connect, type Socket } from "node:net";
import type { JsonObject } from "@noetl/core";
import { plane, waitFor } from "../../e2e/distributed/plane.ts";
import { freePort } from "../../services/guarded.ts";

/** A server with a worker, as a process of its own, and everything one can throw at it. */
export interface Attacked {
  url: string;
  folder: string;
  said(): string;
  /** JSON unless the body is text; never rejects for an answer that is an error */
  call(method: string, path: string, body?: unknown, headers?: { [name: string]: string }): Promise<Answer>;
  /** The request line as it is, without what fetch makes of an address. */
  raw(method: string, path: string, headers?: { [name: string]: string }): Promise<Answer>;
  /** A connection that speaks for itself. */
  socket(text: string): Socket;
  /** Runs a playbook to its end. */
  run(path: string, payload?: JsonObject): Promise<{ id: string; status: string }>;
  /** It answers, and its process is the one that was started. */
  alive(): Promise<void>;
  close(): Promise<void>;
}

export interface Answer {
  status: number;
  text: string;
}

export async function attacked(env: { [name: string]: string } = {}): Promise<Attacked> {
  const at = await plane(env);
  const port = await freePort();
  const { url, said } = await at.server(port, ["--with-worker"]);
  const bearer: { [name: string]: string } = env.NOETL_API_TOKEN
    ? { authorization: `Bearer ${env.NOETL_API_TOKEN}` }
    : {};
  const sockets = new Set<Socket>();

  const call: Attacked["call"] = async (method, path, body, headers = bearer) => {
    const answer = await fetch(url + path, {
      method,
      headers: { ...(body === undefined ? {} : { "content-type": "application/json" }), ...headers },
      ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    return { status: answer.status, text: await answer.text() };
  };

  return {
    url,
    folder: at.folder,
    said,
    call,
    raw: (method, path, headers = {}) =>
      new Promise((resolve, reject) => {
        const asked = request({ host: "127.0.0.1", port, method, path, headers, agent: false }, (answer) => {
          const chunks: Buffer[] = [];
          answer.on("data", (chunk: Buffer) => chunks.push(chunk));
          answer.on("end", () => resolve({ status: answer.statusCode ?? 0, text: Buffer.concat(chunks).toString() }));
        });
        asked.on("error", reject);
        asked.end();
      }),
    socket(text) {
      const socket = connect(port, "127.0.0.1");
      sockets.add(socket);
      // The server may hang up on it at any time.
      socket.on("error", () => {});
      socket.write(text);
      return socket;
    },
    async run(path, payload = {}) {
      const started = await call("POST", "/api/execute", { path, payload });
      assert.equal(started.status, 200, started.text);
      const { execution_id: id } = JSON.parse(started.text) as { execution_id: string };
      const status = await waitFor(`the end of ${path}`, async () => {
        const { text } = await call("GET", `/api/executions/${id}/status`);
        const found = JSON.parse(text) as { completed: boolean; status: string };
        return found.completed ? found.status : undefined;
      });
      return { id, status };
    },
    async alive() {
      const { status, text } = await call("GET", "/api/health");
      assert.equal(status, 200, text);
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await at.close();
    },
  };
}
