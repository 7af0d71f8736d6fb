import type { FeedOptions } from "@noetl/bus";
import { isObject, type Json, type JsonObject, NoetlError } from "@noetl/core";

/** A `kind: Subscription` document as its runtime reads it (DSL §2.6, worker-and-tools §11.16). */
export interface SubscriptionDocument {
  feed: FeedOptions;
  /** name of a credential that says where and as whom to connect */
  credential: string | undefined;
  playbook: string;
  pool: string | undefined;
  /** path into the message; absent = its data */
  payloadFrom: string | undefined;
  /** messages of one run; 1 = a run each */
  batch: number;
  /** undefined = every delivery starts a run */
  dedupSeconds: number | undefined;
  maxInFlight: number;
  /** undefined = as fast as it goes */
  perSecond: number | undefined;
  directives: Directive[];
}

/** A header that may change something, to one of these values only. */
export interface Directive {
  header: string;
  controls: "playbook" | "pool" | "key";
  allowed: readonly string[];
  map: { readonly [value: string]: string };
}

const CONTROLS: { readonly [name: string]: Directive["controls"] } = {
  "dispatch.playbook": "playbook",
  playbook: "playbook",
  "dispatch.execution_pool": "pool",
  execution_pool: "pool",
  idempotency_key: "key",
};

const DEDUP_SECONDS = 300;
const IN_FLIGHT = 10;

/** Meaning `validation` says what of it this worker cannot do. `url`: the broker of the worker, where the document names none. */
export function readSubscription(path: string, payload: Json, url: string | undefined): SubscriptionDocument {
  const spec = section(isObject(payload) ? (payload as JsonObject) : {}, "spec");
  const source = String(spec.source);
  if (source !== "nats" || (spec.mode ?? "pull") !== "pull") {
    throw cannot(path, `this worker pulls from NATS only; the document says ${source}, ${String(spec.mode ?? "pull")}`);
  }
  const nats = { ...spec, ...section(spec, "nats") };
  const dispatch = section(spec, "dispatch");
  const dedup = section(spec, "dedup");
  const limits = section(spec, "limits");
  const stream = text(nats.stream);
  if (stream === undefined) throw cannot(path, "spec.nats.stream is missing");
  const subject = text(nats.subject);
  return {
    feed: {
      url: text(nats.url) ?? url ?? "",
      stream,
      consumer: text(nats.consumer) ?? `noetl_${path.replaceAll(/[^\w-]/g, "_")}`,
      ...(subject === undefined ? {} : { subject }),
    },
    credential: text(nats.auth) ?? text(nats.credential),
    playbook: String(dispatch.playbook),
    pool: text(dispatch.execution_pool),
    payloadFrom: text(dispatch.payload_from),
    batch: dispatch.batch_dispatch === true ? Number(dispatch.batch_max ?? 100) : 1,
    dedupSeconds: dedup.enabled === false ? undefined : Number(dedup.window_secs ?? DEDUP_SECONDS),
    maxInFlight: Math.max(1, Math.floor(Number(limits.max_in_flight ?? IN_FLIGHT))),
    perSecond: typeof limits.max_dispatch_per_sec === "number" ? limits.max_dispatch_per_sec : undefined,
    directives: directivesOf(section(spec, "headers").directives ?? null),
  };
}

/** What steers nothing we know is data. */
function directivesOf(given: Json): Directive[] {
  return (Array.isArray(given) ? given : []).flatMap((one) => {
    const { header, controls, allowed } = isObject(one) ? (one as JsonObject) : {};
    const known = CONTROLS[String(controls)];
    if (known === undefined || typeof header !== "string") return [];
    return [
      {
        header: header.toLowerCase(),
        controls: known,
        allowed: Array.isArray(allowed) ? allowed.map(String) : [],
        map: isObject(allowed)
          ? Object.fromEntries(Object.entries(allowed).map(([from, to]) => [from, String(to)]))
          : {},
      },
    ];
  });
}

function section(of: JsonObject, name: string): JsonObject {
  const value = of[name];
  return isObject(value) ? (value as JsonObject) : {};
}

function text(value: Json | undefined): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function cannot(path: string, why: string): NoetlError {
  return new NoetlError("validation", "E_SUBSCRIPTION", `subscription '${path}': ${why}`);
}
