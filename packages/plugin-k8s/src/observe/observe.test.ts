import assert from "node:assert/strict";
import { test } from "node:test";
import { openKubectl } from "../cluster/kubectl.ts";
import { profiles } from "../config/index.ts";
import type { Exec } from "../exec/index.ts";
import { followLogs, lineOf } from "./logs.ts";
import { roleNames, roleOf } from "./roles.ts";
import { serviceOf } from "./services.ts";

test("what people call the parts of a deployment", () => {
  const { development, production } = profiles;
  const selector = (word: string, config = production) => roleOf(config, word).selector;
  assert.equal(selector("server"), "app.kubernetes.io/part-of=noetl,app.kubernetes.io/component=server");
  assert.equal(selector("api"), selector("server"));
  assert.equal(selector("noetl-server"), "app=noetl-server");
  assert.equal(selector("projector"), "app.kubernetes.io/part-of=noetl,app.kubernetes.io/component=projector");
  assert.equal(selector("postgres", development), "app.kubernetes.io/name=postgres");
  assert.equal(roleOf(development, "nats").namespace, "nats");
  assert.deepEqual(
    roleOf(production, "worker").workloads.map(({ metadata }) => metadata.name),
    ["noetl-worker", "noetl-worker-system"],
  );
  assert.equal(roleOf(production, "noetl-worker-system").workloads.length, 1);
  assert.equal(roleNames(production).includes("postgres"), false);
  assert.throws(() => roleOf(production, "postgres"), { code: "ROLE_UNKNOWN", hint: /server.*worker/ });
});

test("services that can be reached; a database of somebody else has an address of its own", () => {
  const { development, production } = profiles;
  assert.deepEqual(serviceOf(development, "postgres"), { target: "svc/postgres", namespace: "postgres", port: 5432 });
  assert.equal(serviceOf(production, "server").port, 8082);
  assert.throws(() => serviceOf(production, "nats"), { code: "E_K8S_SERVICE" });
});

test("a line with and without the prefix of kubectl", () => {
  assert.deepEqual(lineOf("[pod/x-1/worker] a [b] c"), { pod: "x-1", container: "worker", text: "a [b] c" });
  assert.deepEqual(lineOf("[pod/x-1/worker] "), { pod: "x-1", container: "worker", text: "" });
  assert.deepEqual(lineOf("no prefix"), { pod: "", container: "", text: "no prefix" });
});

test("logs are followed again after they broke off, from the beginning when the container was started anew", async () => {
  const restarts = [0, 0, 1];
  const followed: string[] = [];
  const until = new AbortController();
  const exec: Exec = async ({ argv }) => {
    const answer = (stdout: string) => ({ code: 0, stdout, stderr: "", timedOut: false });
    if (!argv.includes("get")) {
      followed.push(argv.slice(3).join(" "));
      if (followed.length === 3) until.abort();
      return answer("");
    }
    const status = { phase: "Running", containerStatuses: [{ restartCount: restarts.shift() ?? 1 }] };
    const pod = { apiVersion: "v1", kind: "Pod", metadata: { name: "x-1", namespace: "noetl" }, status };
    return answer(JSON.stringify({ kind: "List", items: [pod] }));
  };
  const role = roleOf(profiles.development, "worker");
  const options = { tail: 10, previous: false, signal: until.signal, lookMs: 1, note() {} };
  await followLogs(openKubectl(exec, "kind-noetl"), role, options, () => {});
  const call = (...more: string[]) => ["logs x-1 -f -n noetl --prefix", ...more].join(" ");
  assert.deepEqual(followed, [
    call("--tail=10 --all-containers"),
    call("--tail=-1 --all-containers --since=5s"),
    call("--tail=-1 --all-containers"),
  ]);
});
