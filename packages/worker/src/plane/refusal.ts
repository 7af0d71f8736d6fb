import { isNoetlError, isObject, type JsonObject, type NoetlError } from "@noetl/core";
import type { Claimed } from "./control-plane.ts";

/** A claim that somebody holds is asked for again when its lease may have lapsed, but not earlier or later than this, ms. */
const LEAST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 120_000;

/** What a refused claim means; undefined = it may work another time (worker-and-tools §4.2). */
export function refusal(error: unknown, now: number): Exclude<Claimed, { outcome: "claimed" }> | undefined {
  if (!isNoetlError(error)) return undefined;
  if (error.meaning === "not_found") return { outcome: "gone", reason: "unknown" };
  if (error.meaning !== "conflict") return undefined;
  if (error.code === "already_terminal") return { outcome: "gone", reason: "ended" };
  if (error.code === "execution_cancelled") return { outcome: "gone", reason: "cancelled" };
  const until = told(error).lease_until;
  const wait = typeof until === "number" ? until - now : 0;
  return { outcome: "taken", retry_ms: Math.min(Math.max(wait, LEAST_WAIT_MS), LONGEST_WAIT_MS) };
}

/** What the claim knows beside its words; over HTTP it stands in the body: `{detail: {code, message, …}}`. */
function told(error: NoetlError): JsonObject {
  const data = isObject(error.data) ? (error.data as JsonObject) : {};
  const body = isObject(data.body) ? (data.body as JsonObject) : {};
  return isObject(body.detail) ? (body.detail as JsonObject) : data;
}
