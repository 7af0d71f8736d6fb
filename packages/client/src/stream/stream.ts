import * as http from "node:http";
import * as https from "node:https";
import { ensureError, isNoetlError, NoetlError } from "@noetl/core";
import { addressOf, type Endpoint } from "../endpoint.ts";
import { decode, errorOf, headersOf, type RequestOptions, unreachable, withQuery } from "../request.ts";
import { CONNECT_MS } from "../send/send.ts";
import { type SentEvent, sentEvents } from "./sent-events.ts";

export interface StreamOptions extends Pick<RequestOptions, "query" | "headers" | "signal"> {
  /** silence after which the server counts as gone, ms; servers say something every 15 s */
  idleMs?: number;
}

/**
 * Messages of a stream until the server ends it. Meanings: those of a request, `unavailable` when the connection breaks,
 * `terminal` when the answer is no stream.
 */
export type Stream = (path: string, options?: StreamOptions) => AsyncGenerator<SentEvent[]>;

const IDLE_MS = 45_000;

export function openStream(endpoint: Endpoint): Stream {
  return async function* stream(path, { query, headers, signal, idleMs = IDLE_MS } = {}) {
    const address = addressOf(endpoint, path);
    const request = { headers: { accept: "text/event-stream", ...headers } };
    try {
      const answer = await opened(query ? withQuery(address, query) : address, {
        endpoint,
        headers: headersOf(endpoint, request),
        signal,
      });
      answer.setTimeout(idleMs, () => answer.destroy(Object.assign(new Error("silence"), { code: "ETIMEDOUT" })));
      answer.setEncoding("utf8");
      const status = answer.statusCode ?? 0;
      if (status >= 400) throw errorOf(status, decode(await textOf(answer)));
      if (!answer.headers["content-type"]?.includes("text/event-stream")) {
        answer.destroy();
        throw new NoetlError("terminal", "E_ANSWER", `${address} answers, but not with a stream of events`);
      }
      yield* sentEvents(answer as AsyncIterable<string>);
    } catch (error) {
      throw isNoetlError(error) ? error : unreachable(ensureError(error), endpoint, signal);
    }
  };
}

function opened(
  url: string,
  {
    endpoint,
    headers,
    signal,
  }: { endpoint: Endpoint; headers: http.OutgoingHttpHeaders; signal?: AbortSignal | undefined },
): Promise<http.IncomingMessage> {
  const options = { headers, agent: false as const, ...endpoint.tls, ...(signal ? { signal } : {}) };
  return new Promise((resolve, reject) => {
    const request = (url.startsWith("https:") ? https : http).get(url, options, (answer) => {
      clearTimeout(late);
      resolve(answer);
    });
    const tooLate = () => request.destroy(Object.assign(new Error("no answer in time"), { code: "ETIMEDOUT" }));
    const late = setTimeout(tooLate, CONNECT_MS);
    request.once("error", (error) => {
      clearTimeout(late);
      reject(error);
    });
  });
}

async function textOf(answer: http.IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of answer) text += chunk;
  return text;
}
