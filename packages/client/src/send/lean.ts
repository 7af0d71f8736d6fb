import * as http from "node:http";
import * as https from "node:https";
import type { Endpoint } from "../endpoint.ts";
import { type Answer, CONNECT_MS, type Outgoing, type Send } from "./send.ts";

/**
 * For workers, which send thousands of requests a second and repeat them themselves: connections stay open, nothing is
 * redirected. A fifth of the work of the library that people's commands use.
 */
export function leanSend(tls: Endpoint["tls"]): Send {
  const agent = new http.Agent({ keepAlive: true });
  const secureAgent = new https.Agent({ keepAlive: true, ...tls });

  return async (outgoing) => {
    const secure = outgoing.url.startsWith("https:");
    const open = (onAnswer: (answer: http.IncomingMessage) => void) =>
      secure
        ? https.request(outgoing.url, { ...optionsOf(outgoing), agent: secureAgent }, onAnswer)
        : http.request(outgoing.url, { ...optionsOf(outgoing), agent }, onAnswer);
    try {
      return await exchange(outgoing, open);
    } catch (error) {
      // The server closed a kept connection while we wrote: it has not read the request.
      if (!(error instanceof StaleConnection)) throw error;
      return exchange(outgoing, open);
    }
  };
}

class StaleConnection extends Error {}

function optionsOf({ method, headers, body }: Outgoing): http.RequestOptions {
  if (body === undefined) return { method, headers };
  return { method, headers: { ...headers, "content-length": Buffer.byteLength(body) } };
}

function exchange(
  { body, timeoutMs, signal }: Outgoing,
  open: (onAnswer: (answer: http.IncomingMessage) => void) => http.ClientRequest,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = open((answer) => {
      const chunks: Buffer[] = [];
      answer.on("data", (chunk: Buffer) => chunks.push(chunk));
      answer.once("end", () => {
        settle();
        const retryAfter = answer.headers["retry-after"];
        resolve({
          status: answer.statusCode ?? 0,
          body: Buffer.concat(chunks).toString("utf8"),
          ...(retryAfter === undefined ? {} : { retryAfter }),
        });
      });
      answer.once("error", fail);
    });
    const late = () => request.destroy(Object.assign(new Error("no answer in time"), { code: "ETIMEDOUT" }));
    const timer = setTimeout(late, timeoutMs);
    let connecting: NodeJS.Timeout | undefined;
    const leave = () => request.destroy(signal?.reason instanceof Error ? signal.reason : new Error("aborted"));

    function settle(): void {
      clearTimeout(timer);
      clearTimeout(connecting);
      signal?.removeEventListener("abort", leave);
    }

    function fail(error: NodeJS.ErrnoException): void {
      settle();
      const stale = request.reusedSocket && (error.code === "ECONNRESET" || error.code === "EPIPE") && !signal?.aborted;
      reject(stale ? new StaleConnection(error.message, { cause: error }) : error);
    }

    request.once("error", fail);
    request.once("socket", (socket) => {
      if (!socket.connecting) return;
      connecting = setTimeout(late, CONNECT_MS);
      socket.once("connect", () => clearTimeout(connecting));
    });
    if (signal?.aborted) leave();
    else signal?.addEventListener("abort", leave, { once: true });
    request.end(body);
  });
}
