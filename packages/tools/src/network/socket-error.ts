import type { ErrorInfo } from "@noetl/core";
import { errorInfo } from "../outcome.ts";

const CODES: Record<string, [kind: "connection" | "timeout", code: string, message: string]> = {
  ECONNREFUSED: ["connection", "CONN_REFUSED", "connection refused"],
  ENOTFOUND: ["connection", "CONN_DNS", "the host name does not resolve"],
  EAI_AGAIN: ["connection", "CONN_DNS", "the host name does not resolve at the moment"],
  ECONNRESET: ["connection", "CONN_RESET", "the connection was reset"],
  EPIPE: ["connection", "CONN_RESET", "the connection was closed"],
  UND_ERR_SOCKET: ["connection", "CONN_RESET", "the connection was closed"],
  EHOSTUNREACH: ["connection", "CONN_ERROR", "the host is not reachable"],
  ENETUNREACH: ["connection", "CONN_ERROR", "the network is not reachable"],
  ENOENT: ["connection", "CONN_REFUSED", "there is no such socket"],
  ETIMEDOUT: ["timeout", "CONN_TIMEOUT", "the connection timed out"],
  UND_ERR_CONNECT_TIMEOUT: ["timeout", "CONN_TIMEOUT", "no connection in time"],
};
/** An answer that is no TLS: mostly a port that speaks plainly. */
const PLAIN = new Set(["ERR_SSL_WRONG_VERSION_NUMBER", "ERR_SSL_PACKET_LENGTH_TOO_LONG"]);
const TLS = /^(ERR_TLS|ERR_SSL|CERT_|UNABLE_TO_|DEPTH_ZERO|SELF_SIGNED|EPROTO|HOSTNAME_MISMATCH)/;

/** Error data for what sockets and TLS throw, found anywhere in the chain of causes; undefined when it is none of that. */
export function socketError(error: unknown, target: string): ErrorInfo | undefined {
  for (const link of chainOf(error)) {
    const code = codeOf(link);
    if (code === undefined) continue;
    const known = Object.hasOwn(CODES, code) ? CODES[code] : undefined;
    if (known) return errorInfo(known[0], `${target}: ${known[2]}`, { code: known[1], source: code });
    if (TLS.test(code)) {
      const message = PLAIN.has(code)
        ? "there is no TLS on this port"
        : (link instanceof Error ? link.message : code).trim();
      return errorInfo("connection", `${target}: TLS failed: ${message}`, { code: "CONN_TLS", source: code });
    }
  }
  return undefined;
}

function* chainOf(error: unknown): Generator<unknown> {
  const seen = new Set<unknown>();
  const open = [error];
  for (let link = open.shift(); link !== undefined && link !== null && !seen.has(link); link = open.shift()) {
    seen.add(link);
    yield link;
    // Several addresses of one name were tried: the reasons are inside.
    if (link instanceof AggregateError) open.push(...link.errors);
    if (link instanceof Error) open.push(link.cause);
  }
}

export function codeOf(error: unknown): string | undefined {
  if (typeof error !== "object" || error === null || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}
