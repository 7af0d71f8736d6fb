import assert from "node:assert/strict";
import { test } from "node:test";
import { isNoetlError } from "@noetl/core";
import { overlaySchema } from "./json-schema.ts";
import { profiles } from "./profiles.ts";
import { readConfig } from "./read.ts";
import { overlay, type Profile } from "./shape.ts";

const read = (text: string, profile?: Profile) => readConfig({ file: "noetl.k8s.yaml", text, profile });

function refused(text: string, profile?: Profile): string {
  try {
    read(text, profile);
  } catch (error) {
    assert.ok(isNoetlError(error) && error.meaning === "validation" && error.code === "E_K8S_CONFIG", String(error));
    return error.message;
  }
  throw new assert.AssertionError({ message: `this was taken: ${text}` });
}

test("nothing said: the development profile as it is", () => {
  for (const text of ["", "# nothing\n", "{}\n"]) assert.deepEqual(read(text), profiles.development);
  assert.deepEqual(read("profile: production\n"), profiles.production);
  assert.deepEqual(read("profile: production\n", "development").profile, "development", "the flag is first");
});

test("both profiles have the shape of an overlay and contradict themselves nowhere", () => {
  for (const profile of Object.values(profiles)) {
    assert.deepEqual(overlay.parse(profile), profile);
    assert.deepEqual(read("", profile.profile), profile);
  }
});

test("what the file says is in the place of what the profile says, and nothing else is", () => {
  const config = read(`
server: { all: { replicas: 3, resources: { limits: { memory: 3Gi } } } }
workers:
  gpu: { pools: [gpu], tolerations: [{ key: gpu, operator: Exists }] }
  default: { capacity: 4 }
`);
  const { server, workers } = profiles.development;
  assert.equal(config.server.all.replicas, 3);
  assert.deepEqual(config.server.all.resources.limits, { cpu: "2", memory: "3Gi" });
  assert.deepEqual(config.server.api, server.api);
  assert.deepEqual(config.workers.default, { ...workers.default, capacity: 4 });
  assert.deepEqual(config.workers.gpu?.pools, ["gpu"]);
  assert.equal(config.workers.gpu?.drainSeconds, 50, "a new pool has the defaults of all");
  assert.deepEqual(Object.keys(read("workers: { default: null }").workers), []);
});

test("flags are first, and are checked as the file is", () => {
  const given = { namespace: "flag", image: { ref: "a/b:1" } };
  const config = readConfig({ file: "f", text: "namespace: file\nimage: { ref: c/d:2, pullSecrets: [s] }\n", given });
  assert.equal(config.namespace, "flag");
  assert.deepEqual(config.image.ref, "a/b:1");
  assert.deepEqual(config.image.pullSecrets, ["s"]);
  assert.throws(() => readConfig({ file: "f", text: "", given: { namespace: "Not_A_Name" } }), /namespace: lower-case/);
});

test("every finding is told at its place, in the order of the file", () => {
  const text = `server:
  api: { replcas: 2 }
workers:
  Gpu_A: {}
  gpu:
    capacity: many
    pools: []
database:
	mode: external
`;
  assert.match(refused(text), /noetl\.k8s\.yaml:9:1: /, "a tab is a fault of YAML itself");
  const message = refused(text.replace("\tmode: external", "  mode: extern"));
  assert.equal(
    message,
    `noetl.k8s.yaml:2:10: 'replcas' is not known in server.api; did you mean 'replicas'?
    2 |   api: { replcas: 2 }
      |          ^^^^^^^
noetl.k8s.yaml:4:10: workers.Gpu_A: lower-case letters, digits and -, at most 20
    4 |   Gpu_A: {}
      |          ^^
noetl.k8s.yaml:6:15: workers.gpu.capacity: expected number
    6 |     capacity: many
      |               ^^^^
noetl.k8s.yaml:7:12: workers.gpu.pools: Too small: expected array to have >=1 items
    7 |     pools: []
      |            ^^
noetl.k8s.yaml:9:9: database.mode: expected one of managed, external
    9 |   mode: extern
      |         ^^^^^^`,
  );
});

const CONTRADICTIONS: [text: string, profile: Profile, expected: RegExp][] = [
  [
    "database: { url: 'postgres://u:secret@db/noetl' }",
    "production",
    /:1:18: database\.url: an address with a password/,
  ],
  ["database: { url: 'postgres://u@db/noetl?sslmode=require' }", "production", /parameters belongs into a Secret/],
  ["database: { url: 'mysql://db/noetl' }", "production", /no address of a database/],
  ["nats: { url: 'nats://u:secret@broker:4222' }", "production", /nats\.url: .*password/],
  ["nats: { monitoring: 'http://broker:8222' }", "production", /nats\.monitoring: it is not host:port/],
  ["workers: { default: { scale: { min: 5, max: 2 } } }", "production", /scale: max \(2\) is less than min \(5\)/],
  ["workers: { other: { pools: [shared] } }", "production", /'shared' are taken by 'default' already/],
  ["server: { open: true }", "production", /in production every request needs a token/],
  [
    "ingress: { host: noetl.example }",
    "development",
    /server\.open: a server without a token must not have an Ingress/,
  ],
  ["database: { mode: managed }", "production", /database\.mode: .*for development/],
  ["nats: { mode: managed }", "production", /nats\.mode: .*for development/],
  ["data: { enabled: true, mode: ReadWriteOnce }", "production", /data\.mode: ReadWriteOnce keeps all workers/],
  ["server: { nodePort: 30321 }", "development", /server\.nodePort: port 30321 .* database\.nodePort/],
  [
    "workers: { default: { env: { NOETL_WORKER_DRAIN_SECONDS: '9' } } }",
    "development",
    /from elsewhere; see drainSeconds/,
  ],
  ["server: { env: { X: '1', NOETL_API_TOKEN: abc } }", "production", /:1:\d+: server\.env\.NOETL_API_TOKEN: a secret/],
  ["kind: { apiPort: 9000, natsPort: 9000 }", "development", /kind\.natsPort: port 9000 is the one of kind\.apiPort/],
  ["server: { files: [{ path: /x }] }", "development", /server\.files\.0: either secret or configMap/],
  ["patches: [{ target: { kind: Job, name: x }, merge: { kind: Pod } }]", "development", /patches\.0\.merge: /],
];

for (const [text, profile, expected] of CONTRADICTIONS) {
  test(`${profile} refuses ${text}`, () => {
    assert.match(refused(text, profile), expected);
  });
}

test("in development a variable may be what it likes", () => {
  assert.deepEqual(read("server: { env: { NOETL_API_TOKEN: abc } }").server.env, { NOETL_API_TOKEN: "abc" });
});

test("messages never show a password", () => {
  const lines = refused("database:\n  url: postgres://u:hunter2@db/noetl\n", "production");
  assert.doesNotMatch(lines, /hunter2/);
  const token = "server:\n  env: { NOETL_API_TOKEN: hunter2 }\n";
  assert.doesNotMatch(refused(token, "production"), /hunter2/);
});

test("the schema for editors knows what the reader knows", () => {
  const schema = overlaySchema() as { properties: object; additionalProperties: boolean };
  assert.deepEqual(Object.keys(schema.properties).sort(), Object.keys(overlay.shape).sort());
  assert.equal(schema.additionalProperties, false);
});
