import type { Got, Options, OptionsInit } from "got";
import type { Endpoint } from "../endpoint.ts";
import { CONNECT_MS, type Send } from "./send.ts";

const RETRIES = 2;
const BACKOFF_MS = 300;

/** For people's commands: retries what may be repeated, follows redirects, knows proxies. */
export function gotSend(tls: Endpoint["tls"]): Send {
  // Loaded at the first request: most commands never make one.
  let loading: Promise<Got> | undefined;
  const library = () => {
    loading ??= import("got").then((module) => module.default);
    return loading;
  };
  return async ({ url, method, headers, body, timeoutMs, again, signal }) => {
    const init: OptionsInit = {
      method,
      headers,
      timeout: { connect: CONNECT_MS, request: timeoutMs },
      retry: again
        ? { limit: RETRIES, methods: [method], statusCodes: [502, 503, 504], backoffLimit: BACKOFF_MS }
        : { limit: 0 },
      throwHttpErrors: false,
      followRedirect: method === "GET",
      hooks: { beforeRedirect: [(next) => forgetSession(next, url)] },
      ...(body === undefined ? {} : { body }),
      ...(signal ? { signal } : {}),
      ...(tls ? { https: certificates(tls) } : {}),
    };
    const answer = (await (
      await library()
    )(url, init)) as {
      statusCode: number;
      body: string;
      headers: { "retry-after"?: string };
    };
    const retryAfter = answer.headers["retry-after"];
    return { status: answer.statusCode, body: answer.body, ...(retryAfter === undefined ? {} : { retryAfter }) };
  };
}

/** A session belongs to the server that was asked (cli.md §1.5); wherever that one sends us, we come without. */
function forgetSession({ url, headers }: Pick<Options, "url" | "headers">, asked: string | URL): void {
  if (url !== undefined && new URL(url).origin === new URL(asked).origin) return;
  delete headers.authorization;
  delete headers["x-session-token"];
}

function certificates({ cert, key, ca }: NonNullable<Endpoint["tls"]>): NonNullable<OptionsInit["https"]> {
  return {
    ...(cert === undefined ? {} : { certificate: cert }),
    ...(key === undefined ? {} : { key }),
    ...(ca === undefined ? {} : { certificateAuthority: ca }),
  };
}
