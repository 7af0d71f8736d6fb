import assert from "node:assert/strict";
import { test } from "node:test";
import { undent } from "../testing/book.ts";
import { parseDocument } from "./document.ts";

const codes = (text: string, kind?: string) =>
  parseDocument(undent(text), kind === undefined ? {} : { kind }).diagnostics.map(
    ({ code, line }) => `${line} ${code}`,
  );

test("kinds are told in any case and by alias; the document wins over the caller", () => {
  const kindOf = (text: string, kind?: string) => parseDocument(text, kind ? { kind } : {}).document.kind;
  assert.equal(kindOf("kind: SECRETS\nname: a\ndata: {}\n", "Playbook"), "Credential");
  assert.equal(kindOf("kind: ModelContextProtocol\n"), "Mcp");
  assert.equal(kindOf("name: a\ndata: {}\n", "credential"), "Credential");
  assert.equal(kindOf("kind: Tool\nmetadata: {name: x}\n"), "Tool");
});

test("a credential at the root, in JSON, or under metadata and spec", () => {
  const wanted = { name: "db", type: "postgres", data: { db_host: "h" }, tags: ["a", "b"], meta: {} };
  const read = (text: string) => {
    const { content } = parseDocument(text, { kind: "Credential" });
    return content?.kind === "Credential" ? content.credential : undefined;
  };
  assert.deepEqual(read('{"name": "db", "type": "postgres", "data": {"db_host": "h"}, "tags": ["a", "b"]}'), wanted);
  assert.deepEqual(
    read(
      "apiVersion: noetl.io/v1\nkind: Credential\nmetadata: {name: db}\nspec: {type: postgres, data: {db_host: h}}\ntags: a, b\n",
    ),
    wanted,
  );
  assert.equal(read("name: x\ndata: {a: 1}\n")?.type, "generic");
});

test("a credential needs a name and a map of data", () => {
  assert.deepEqual(codes("kind: Credential\nname: a\n"), ["1 E_CREDENTIAL"]);
  assert.deepEqual(codes("kind: Credential\ndata: {}\n"), ["1 E_CREDENTIAL"]);
  assert.deepEqual(codes("kind: Credential\nname: a\ndata: secret\n"), ["3 E_CREDENTIAL"]);
});

test("an MCP server needs an address, and a path in the catalog", () => {
  assert.deepEqual(codes("kind: Mcp\nmetadata: {name: m}\nspec: {url: x, tools: [{name: t}]}\n"), []);
  assert.deepEqual(codes("kind: Mcp\nmetadata: {name: m}\nspec: {tools: [{description: t}]}\n"), [
    "3 E_MCP",
    "3 E_MCP",
  ]);
  assert.deepEqual(codes("kind: Mcp\nmetadata: {}\nspec: {url: x}\n"), ["2 E_PATH_MISSING"]);
});

test("memory and standalone tools are kept as they are", () => {
  const { content } = parseDocument("kind: Memory\nmetadata: {name: m}\nanything: [1]\n");
  assert.deepEqual(content, { kind: "Memory", value: { kind: "Memory", metadata: { name: "m" }, anything: [1] } });
});

const subscription = (spec: string) =>
  `apiVersion: noetl.io/v1\nkind: Subscription\nmetadata: {name: s}\nspec: ${spec}\n`;

test("subscriptions that fit", () => {
  const fine = [
    "{source: nats, dispatch: {playbook: a/b}}",
    "{source: webhook, mode: push, dispatch: {playbook: a, batch_dispatch: true, batch_max: 1000}, ingress: {gateway_path: /x, verify: {type: bearer, secret: s}}}",
    "{source: kafka, dispatch: {playbook: a}, spool: {mode: hybrid, backend: s3, bucket: b, ordering: per_key, drain: {on_recovery: interleave}}, dedup: {enabled: true, window_secs: 5}, limits: {max_in_flight: 3}}",
  ];
  for (const spec of fine) assert.deepEqual(codes(subscription(spec)), [], spec);
});

test("subscriptions that do not fit", () => {
  const wrong = [
    "{dispatch: {playbook: a}}",
    "{source: nats}",
    "{source: rabbit, dispatch: {playbook: a}}",
    "{source: nats, dispatch: {}}",
    "{source: nats, mode: push, dispatch: {playbook: a}}",
    "{source: nats, dispatch: {playbook: a, batch_max: 1001}}",
    "{source: nats, dispatch: {playbook: a}, dedup: {window_secs: 0}}",
    "{source: nats, dispatch: {playbook: a}, limits: {max_dispatch_per_sec: 0}}",
    "{source: nats, dispatch: {playbook: a}, spool: {backend: gcs}}",
    "{source: nats, dispatch: {playbook: a}, spool: {backend: local_disk}}",
    "{source: nats, dispatch: {playbook: a}, spool: {ordering: global, drain: {on_recovery: interleave}}}",
    "{source: nats, dispatch: {playbook: a}, ingress: {gateway_path: x}}",
    "{source: nats, dispatch: {playbook: a}, ingress: {gateway_path: /x, verify: {type: hmac_sha256, secret: s}}}",
    "{source: nats, dispatch: {playbook: a}, ingress: {gateway_path: /x, verify: {type: magic}}}",
  ];
  for (const spec of wrong) {
    const found = codes(subscription(spec));
    assert.equal(found.length, 1, `${spec}: ${found}`);
    assert.match(found[0] ?? "", /^4 E_SUBSCRIPTION$/);
  }
});
