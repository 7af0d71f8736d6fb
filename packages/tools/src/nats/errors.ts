import { type ErrorInfo, type ErrorKind, isNoetlError } from "@noetl/core";
import { socketError } from "../network/socket-error.ts";
import { errorInfo } from "../outcome.ts";
import type { NatsConfig } from "./tool.ts";

/** By the name of what the library throws, or of its causes: kind and code. */
const NAMES: Record<string, [ErrorKind, string]> = {
  AuthorizationError: ["auth", "NATS_AUTH"],
  UserAuthenticationExpiredError: ["auth", "NATS_AUTH"],
  PermissionViolationError: ["auth", "NATS_PERMISSION"],
  NoResponders: ["connection", "NO_RESPONDERS"],
  TimeoutError: ["timeout", "NATS_TIMEOUT"],
  ClosedConnectionError: ["connection", "CONN_RESET"],
  DrainingConnectionError: ["connection", "CONN_RESET"],
  StreamNotFoundError: ["not_found", "STREAM_NOT_FOUND"],
  ConsumerNotFoundError: ["not_found", "CONSUMER_NOT_FOUND"],
  JetStreamNotEnabled: ["configuration", "JETSTREAM_NOT_ENABLED"],
  InvalidArgumentError: ["configuration", "CONFIG_INVALID"],
  InvalidSubjectError: ["configuration", "CONFIG_INVALID"],
  InvalidNameError: ["configuration", "CONFIG_INVALID"],
};

/** Codes of the JetStream API that mean there is no room: maximum of messages, bytes, storage or memory. */
const FULL: ReadonlySet<number> = new Set([10023, 10047, 10054, 10077]);

/** Error data of anything that NATS throws; `target` names the servers. */
export function natsError(error: unknown, target: string, { bucket, operation, subject }: NatsConfig): ErrorInfo {
  if (isNoetlError(error)) {
    const kind = error.meaning === "auth" ? "auth" : "configuration";
    return errorInfo(kind, error.message, {
      code: error.code,
      ...(error.hint === undefined ? {} : { recovery: error.hint }),
    });
  }
  const message = error instanceof Error ? error.message : String(error);
  const known = byName(error);
  // A bucket is a stream underneath.
  if (bucket !== undefined && (known?.[1] === "STREAM_NOT_FOUND" || message === "object store not found")) {
    const recovery = "make it beforehand, or let kv_put or object_put do it with `create: true`";
    return errorInfo("not_found", `there is no bucket '${bucket}'`, { code: "BUCKET_NOT_FOUND", recovery });
  }
  // A plain Error: the library has no name for it.
  if (/^invalid key/.test(message)) return errorInfo("configuration", message, { code: "CONFIG_INVALID" });
  // The library cannot tell the two apart: nobody answered.
  if (operation === "js_publish" && known?.[1] === "JETSTREAM_NOT_ENABLED") {
    return errorInfo("not_found", `no stream takes messages on '${subject}', or JetStream is off`, {
      code: "STREAM_NOT_FOUND",
    });
  }
  if (known !== undefined) return errorInfo(known[0], `${target}: ${message}`, { code: known[1] });
  const apiCode = apiCodeOf(error);
  if (apiCode !== undefined) {
    return errorInfo(FULL.has(apiCode) ? "storage_quota" : "client_error", `${target}: ${message}`, {
      code: `NATS_${apiCode}`,
    });
  }
  return connectError(error, message, target);
}

function byName(error: unknown): [ErrorKind, string] | undefined {
  for (let link = error; link instanceof Error; link = link.cause) {
    const known = Object.hasOwn(NAMES, link.name) ? NAMES[link.name] : undefined;
    if (known !== undefined) return known;
  }
  return undefined;
}

function apiCodeOf(error: unknown): number | undefined {
  if (!(error instanceof Error) || error.name !== "JetStreamApiError" || !("code" in error)) return undefined;
  return typeof error.code === "number" ? error.code : undefined;
}

function connectError(error: unknown, message: string, target: string): ErrorInfo {
  const known = socketError(error, target);
  if (known !== undefined) return known;
  if (/refused/i.test(message))
    return errorInfo("connection", `${target}: connection refused`, { code: "CONN_REFUSED" });
  if (error instanceof Error && /connect/i.test(`${error.name} ${message}`)) {
    return errorInfo("connection", `${target}: ${message}`, { code: "CONN_ERROR" });
  }
  return errorInfo("unknown", message);
}
