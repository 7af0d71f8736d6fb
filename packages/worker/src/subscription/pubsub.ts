import type { Feed, FeedMessage } from "@noetl/bus";
import { ensureError, isObject, type Json, type JsonObject, NoetlError } from "@noetl/core";
import { answer, type TokenHost } from "@noetl/tools";

export interface PubsubPlace {
  kind: "pubsub";
  /** `https://pubsub.googleapis.com`, or that of an emulator */
  endpoint: string;
  /** `projects/P/subscriptions/S` */
  subscription: string;
}

export interface PubsubPorts {
  host: TokenHost;
  /** for every request; undefined asks without one (an emulator) */
  token: (() => Promise<string>) | undefined;
  /** What was to be given back or dropped comes again after its deadline. */
  trouble(error: Error): void;
}

/** A pull is held open by the service until there is something; ended here, so that a wished state is not overlooked, ms. */
const HELD_MS = 5_000;
/** As long as a message of NATS is waited for, seconds; the service's own limit is 600. */
const LEASE_SECONDS = 60;
const LONGEST_SECONDS = 600;
/** Messages whose deliveries are counted here: the service counts only where dead letters are set up. */
const COUNTED = 10_000;

/** Messages of a Google Cloud Pub/Sub subscription over its REST API (worker-and-tools §11.16). */
export function openPubsubFeed({ endpoint, subscription }: PubsubPlace, ports: PubsubPorts): Feed {
  const { host, token, trouble } = ports;
  const deliveries = new Map<string, number>();
  const url = (verb: string) => `${endpoint.replace(/\/+$/, "")}/v1/${subscription}:${verb}`;

  async function post(verb: string, body: JsonObject, signal?: AbortSignal): Promise<JsonObject> {
    const headers = {
      "content-type": "application/json",
      ...(token ? { authorization: `Bearer ${await token()}` } : {}),
    };
    const init = { method: "POST", headers, body: JSON.stringify(body) };
    return answer(
      { ...host, ...(signal ? { signal } : {}) },
      { what: `Pub/Sub ${subscription}`, url: url(verb), init },
    );
  }
  const deadline = (ackIds: string[], seconds: number) =>
    post("modifyAckDeadline", { ackIds, ackDeadlineSeconds: Math.min(LONGEST_SECONDS, Math.ceil(seconds)) });
  const background = (work: Promise<unknown>) => void work.catch((error: unknown) => trouble(ensureError(error)));

  function messageOf(received: JsonObject): FeedMessage {
    const message = isObject(received.message) ? (received.message as JsonObject) : {};
    const ackId = String(received.ackId);
    const id = String(message.messageId ?? message.message_id ?? ackId);
    const attributes = isObject(message.attributes) ? message.attributes : {};
    const acknowledge = async () => {
      await post("acknowledge", { ackIds: [ackId] });
      deliveries.delete(id);
    };
    return {
      id: `${subscription}:${id}`,
      subject: subscription,
      data: dataOf(typeof message.data === "string" ? message.data : ""),
      headers: Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name, String(value)])),
      delivered: typeof received.deliveryAttempt === "number" ? received.deliveryAttempt : counted(id),
      done: acknowledge,
      later: (ms) => background(deadline([ackId], ms / 1_000)),
      drop: () => background(acknowledge()),
    };
  }

  function counted(id: string): number {
    const times = (deliveries.get(id) ?? 0) + 1;
    deliveries.delete(id);
    deliveries.set(id, times);
    const oldest = deliveries.keys().next().value;
    if (deliveries.size > COUNTED && oldest !== undefined) deliveries.delete(oldest);
    return times;
  }

  return {
    async next(max, waitMs, signal) {
      const held = AbortSignal.timeout(Math.max(waitMs, HELD_MS));
      const ended = AbortSignal.any([signal, held]);
      let found: JsonObject;
      try {
        found = await post("pull", { maxMessages: Math.max(1, Math.min(max, 1_000)) }, ended);
      } catch (error) {
        if (ended.aborted) return [];
        throw error;
      }
      const received = (Array.isArray(found.receivedMessages) ? found.receivedMessages : []).filter(
        isObject,
      ) as JsonObject[];
      if (received.length > 0)
        await deadline(
          received.map(({ ackId }) => String(ackId)),
          LEASE_SECONDS,
        );
      return received.map(messageOf);
    },
    close: async () => {},
  };
}

/** `projects/P/subscriptions/S` of a full or a short name. Meaning `validation` without a project. */
export function subscriptionName(name: string, project: string | undefined): string {
  if (/^projects\/[^/]+\/subscriptions\/[^/]+$/.test(name)) return name;
  if (project && !name.includes("/")) return `projects/${project}/subscriptions/${name}`;
  throw new NoetlError("validation", "E_SUBSCRIPTION", `nothing says in which project the subscription '${name}' is`, {
    hint: "give the document spec.pubsub.project, or write projects/P/subscriptions/S",
  });
}

/** JSON as what it says, other text as text, bytes that are no text as they came, in base64. */
function dataOf(base64: string): Json {
  const bytes = Buffer.from(base64, "base64");
  const text = bytes.toString("utf8");
  if (!Buffer.from(text, "utf8").equals(bytes)) return base64;
  try {
    return JSON.parse(text) as Json;
  } catch (error) {
    if (error instanceof SyntaxError) return text;
    throw error;
  }
}
