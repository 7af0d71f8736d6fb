import { type ErrorInfo, type ErrorKind, isNoetlError, isObject, type Json, type Meaning } from "@noetl/core";
import { socketError } from "../network/socket-error.ts";
import { errorInfo } from "../outcome.ts";
import { BodyTooLarge } from "./decode.ts";
import { STATUS_NAMES } from "./status-names.ts";

/** Kind by status (DSL §14.4). */
export function kindOfStatus(status: number): ErrorKind {
  if (status === 401 || status === 403) return "auth";
  if (status === 404) return "not_found";
  if (status === 408 || status === 425) return "timeout";
  if (status === 429) return "rate_limit";
  return status >= 500 ? "server_error" : "client_error";
}

/** Error data of an answer outside 2xx. `target`: method and address without its query. */
export function statusError(status: number, target: string, retryAfter: number | undefined, data: Json): ErrorInfo {
  const said = messageIn(data);
  const name = STATUS_NAMES[status];
  return errorInfo(
    kindOfStatus(status),
    `HTTP ${status}${name ? ` ${name}` : ""} from ${target}${said ? `: ${said}` : ""}`,
    {
      code: `HTTP_${status}`,
      status,
      status_code: status,
      http_status: status,
      ...(retryAfter === undefined ? {} : { retry_after: retryAfter }),
    },
  );
}

/** What services usually say is wrong. */
function messageIn(data: Json): string | undefined {
  if (!isObject(data)) return undefined;
  const candidates = [
    data.message,
    data.detail,
    data.error_description,
    data.error,
    isObject(data.error) ? data.error.message : undefined,
  ];
  const text = candidates.find((one): one is string => typeof one === "string" && one !== "");
  return text === undefined || text.length <= 200 ? text : `${text.slice(0, 200)}…`;
}

const KINDS: Partial<Record<Meaning, ErrorKind>> = {
  auth: "auth",
  validation: "configuration",
  terminal: "client_error",
};

/** Error data of a request that got no answer, or none that could be read. */
export function requestError(error: unknown, host: string): ErrorInfo {
  if (isNoetlError(error)) {
    return errorInfo(KINDS[error.meaning] ?? "unknown", error.message, {
      code: error.code,
      ...(error.hint === undefined ? {} : { recovery: error.hint }),
    });
  }
  if (error instanceof BodyTooLarge) {
    const recovery = "raise `max_response_bytes`, or stream it to a file with `save_to`";
    return errorInfo("limit", error.message, { code: "RESPONSE_TOO_LARGE", recovery });
  }
  const known = socketError(error, host);
  if (known !== undefined) return known;
  const message = error instanceof Error ? error.message : String(error);
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (code.startsWith("Z_") || code.startsWith("ERR_") || /^Z_|brotli/i.test(code)) {
    return errorInfo("parse", `${host}: the response cannot be decompressed: ${message}`, { code: "RESPONSE_INVALID" });
  }
  if (code.startsWith("HPE_"))
    return errorInfo("parse", `${host} does not answer in HTTP: ${message}`, { code: "RESPONSE_INVALID" });
  if (code === "UND_ERR_INVALID_ARG") return errorInfo("configuration", `http: ${message}`, { code: "CONFIG_INVALID" });
  if (/proxy|tunnel/i.test(message)) return errorInfo("connection", `${host}: ${message}`, { code: "CONN_PROXY" });
  if (code.startsWith("UND_ERR")) return errorInfo("connection", `${host}: ${message}`, { code: "CONN_ERROR" });
  return errorInfo("unknown", message);
}

/** `Retry-After` in seconds: a number, or a date from now; never negative. */
export function retryAfter(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined;
  if (/^\s*\d+(\.\d+)?\s*$/.test(header)) return Number(header);
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, Math.ceil((date - now) / 1_000));
}
