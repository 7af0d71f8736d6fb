import type { FeedOptions } from "@noetl/bus";
import { isObject, type Json, type JsonObject, NoetlError } from "@noetl/core";
import { type PubsubPlace, subscriptionName } from "./pubsub.ts";

/** A `kind: Subscription` document as its runtime reads it (DSL §2.6, worker-and-tools §11.16). */
export interface SubscriptionDocument {
  place: NatsPlace | PubsubPlace;
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

/** `url` may be empty: then a credential says it. */
export interface NatsPlace extends FeedOptions {
  kind: "nats";
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

/**
 * Meaning `validation` says what of it this worker cannot do. `url`: the broker of the worker, where the document names none. `env` of
 * the process: where an emulator of Pub/Sub is, and the project.
 */
export function readSubscription(
  path: string,
  payload: Json,
  env: { readonly [name: string]: string | undefined },
  url: string | undefined,
): SubscriptionDocument {
  const spec = section(isObject(payload) ? (payload as JsonObject) : {}, "spec");
  const source = String(spec.source);
  if ((source !== "nats" && source !== "pubsub") || (spec.mode ?? "pull") !== "pull") {
    const why = `this worker pulls from NATS and Pub/Sub only; the document says ${source}, ${String(spec.mode ?? "pull")}`;
    throw cannot(path, why);
  }
  const own = { ...spec, ...section(spec, source) };
  const dispatch = section(spec, "dispatch");
  const dedup = section(spec, "dedup");
  const limits = section(spec, "limits");
  return {
    place: source === "nats" ? natsOf(path, own, url) : pubsubOf(path, own, env),
    credential: text(own.auth) ?? text(own.credential),
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

function natsOf(path: string, nats: JsonObject, url: string | undefined): NatsPlace {
  const stream = text(nats.stream);
  if (stream === undefined) throw cannot(path, "spec.nats.stream is missing");
  const subject = text(nats.subject);
  return {
    kind: "nats",
    url: text(nats.url) ?? url ?? "",
    stream,
    consumer: text(nats.consumer) ?? `noetl_${path.replaceAll(/[^\w-]/g, "_")}`,
    ...(subject === undefined ? {} : { subject }),
  };
}

function pubsubOf(path: string, pubsub: JsonObject, env: { readonly [name: string]: string | undefined }): PubsubPlace {
  const name = text(pubsub.subscription);
  if (name === undefined) throw cannot(path, "spec.pubsub.subscription is missing");
  const emulator = env.PUBSUB_EMULATOR_HOST;
  return {
    kind: "pubsub",
    endpoint: text(pubsub.endpoint) ?? (emulator ? `http://${emulator}` : "https://pubsub.googleapis.com"),
    subscription: subscriptionName(name, text(pubsub.project) ?? env.GOOGLE_CLOUD_PROJECT),
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
