import type { Json } from "@noetl/core";
import type { Effect } from "@noetl/playbook";
import { type ConfigOf, defineTool, field } from "../config/index.ts";

export const OPERATIONS = [
  "kv_get",
  "kv_put",
  "kv_delete",
  "kv_purge",
  "kv_keys",
  "object_put",
  "object_get",
  "object_delete",
  "object_list",
  "object_info",
  "js_publish",
  "js_consume",
  "js_get_msg",
  "js_stream_info",
  "publish",
  "request",
] as const;

export type Operation = (typeof OPERATIONS)[number];

const config = () =>
  field.object({
    operation: field.choice(OPERATIONS, "what to do"),
    url: field.word("`nats://host:4222`, several separated by commas; better kept in a credential").optional(),
    user: field.word("user").optional(),
    password: field.text("its password").optional(),
    token: field.text("token instead of user and password").optional(),
    bucket: field.word("key-value or object bucket; must exist unless `create`").optional(),
    key: field.word("key in the bucket").optional(),
    value: field.json("value to put: text as it stands, anything else as JSON").optional(),
    pattern: field.word("keys to list, `*` and `>` stand for any; default all").optional(),
    object: field.word("name of the object").optional(),
    name: field.word("like `object`").optional(),
    description: field.text("description of the object").optional(),
    create: field.flag("make a missing bucket (kv_put, object_put) or consumer (js_consume); default false").optional(),
    ttl: field.amount("seconds that entries of a created bucket live").optional(),
    subject: field.word("subject of a message; for js_get_msg: the last one on it").optional(),
    data: field.json("message or object: text as it stands, anything else as JSON").optional(),
    payload: field.json("like `data`").optional(),
    headers: field.textMap("headers of the message").optional(),
    msg_id: field.word("a message of the same id is stored once").optional(),
    stream: field.word("stream").optional(),
    consumer: field.word("durable consumer of the stream").optional(),
    batch: field
      .count("messages at most, default 100", 1)
      .refine((value) => value <= 1_000, "must be at most 1000")
      .optional(),
    timeout_ms: field
      .count("how long to wait for messages or an answer: js_consume 1000, request 2000, at most 5000", 1)
      .refine((value) => value <= 5_000, "must be at most 5000")
      .optional(),
    ack: field.flag("acknowledge consumed messages, default true").optional(),
    seq: field.count("sequence number of a stored message", 1).optional(),
  });

export type NatsConfig = ConfigOf<typeof config>;

/** Key-value and object buckets, streams and plain messages of NATS (worker-and-tools §11.11). */
export const natsTool = defineTool({
  kind: "nats",
  summary: "key-value and object buckets, streams and messages of NATS",
  config,
  required: [["operation"]],
  keyAliases: { name: "object", nats_url: "url", nats_user: "user", nats_password: "password", nats_token: "token" },
  effects: ({ operation }) => effectOf(operation),
  resultSummary: "{status, bucket, key, value} and the like; a missing key has status `not_found`",
  // Loaded at the first call: most commands never make one.
  run: async (config, call) => (await import("./run.ts")).runNats(config, call),
});

function effectOf(operation: Json | undefined): Effect {
  const word = String(operation).toLowerCase();
  if (word.includes("{{") || word.includes("{%")) return "unknown";
  return /_(get|keys|list|info|get_msg|stream_info)$/.test(word) ? "read" : "write";
}
