import { type ErrorInfo, ensureError, isNoetlError, type Json, NoetlError } from "@noetl/core";
import { NeedBody, type TemplateCache } from "@noetl/scope";
import type { RenderOptions } from "@noetl/template";
import type { RunState } from "../state/state.ts";
import type { ArcFacts } from "./arcs.ts";
import { uuidFrom } from "./uuid.ts";

/** What decisions are made from: the state, and caches that change nothing but the time it takes. */
export interface Sight {
  readonly state: RunState;
  readonly templates: TemplateCache;
  readonly arcFacts: WeakMap<object, ArcFacts>;
  /** bodies of stored results that the host has provided */
  readonly bodies: Map<string, Json>;
  readonly missing: Map<string, string>;
  /** counts `uuid()` within one decision */
  uuids: number;
}

/** `now()` and `uuid()` depend on the log alone, so that a decision is the same on every machine (invariant 1). */
export function renderOptions(sight: Sight): RenderOptions {
  const { state } = sight;
  return {
    now: () => state.now,
    uuid: () => uuidFrom(`${state.executionId}/${state.seq}/${sight.uuids++}`),
    compareText: state.plan.playbook.executor.profile === "local",
  };
}

/** Makes views throw NeedBody for what has not been fetched yet. */
export function bodyOf(sight: Sight, ref: string): Json | undefined {
  const message = sight.missing.get(ref);
  if (message !== undefined) {
    throw new NoetlError("retryable", "REFERENCE_NOT_AVAILABLE", `the result ${ref} cannot be read: ${message}`);
  }
  return sight.bodies.get(ref);
}

/** The value, or why there is none as error data. NeedBody passes: the decision is made again once the body is here. */
export function attempt<T>(make: () => T): { value: T; error?: undefined } | { value?: undefined; error: ErrorInfo } {
  try {
    return { value: make() };
  } catch (thrown) {
    if (thrown instanceof NeedBody) throw thrown;
    return { error: errorOf(ensureError(thrown)) };
  }
}

function errorOf(error: Error): ErrorInfo {
  if (!isNoetlError(error)) return { kind: "unknown", retryable: false, message: error.message };
  const { code, message, hint } = error;
  const about = { code, message, ...(hint === undefined ? {} : { recovery: hint }) };
  if (code === "REFERENCE_NOT_AVAILABLE") return { kind: "missing_reference", retryable: true, ...about };
  if (code === "E_LOOP_NOT_ITERABLE") return { kind: "schema", retryable: false, ...about };
  if (code.startsWith("E_LIMIT") || code === "E_LOOP_LIMIT") return { kind: "limit", retryable: false, ...about };
  if (code.startsWith("E_TPL")) return { kind: "template", retryable: false, ...about };
  return { kind: "configuration", retryable: false, ...about };
}
