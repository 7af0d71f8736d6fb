import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { isObject } from "@noetl/core";
import { startCluster, TAG, withoutKubectl } from "./cluster.ts";
import type { StubApi } from "./stub/api.ts";

const skip = withoutKubectl;

test("cli.md §8 #25, §9.12: the life of a deployment: fresh, the same again, scaled by hand, in conflict, broken and put back", {
  skip,
}, async (t) => {
  const { noetl, programs, api, project } = await startCluster(t);
  const before = await snapshotOf(project);
  const { code, stdout, stderr } = await noetl(["k8s", "deploy", "--json"]);
  assert.equal(code, 0, stderr);
  const lines = (await programs.lines()).map((line) => line.replace(/noetl-migrate-\w+/, "noetl-migrate"));
  const kubectl = "kubectl --context kind-noetl";
  const apply = `${kubectl} apply --server-side --field-manager=noetl -f -`;
  const status = (name: string, namespace: string) =>
    `${kubectl} rollout status ${name} -n ${namespace} --timeout=180s`;
  assert.deepEqual(lines.slice(0, 1), [`kind load docker-image local/noetl:${TAG} --name noetl`]);
  assert.deepEqual(sortedRuns(lines.slice(1)), [
    apply,
    `${kubectl} wait --for=jsonpath={.status.phase}=Active ns/noetl ns/postgres ns/nats --timeout=30s`,
    `${kubectl} create -f -`,
    apply,
    status("statefulset/nats", "nats"),
    status("statefulset/postgres", "postgres"),
    apply,
    `${kubectl} wait --for=condition=complete job/noetl-migrate -n noetl --timeout=180s`,
    apply,
    status("deployment/noetl-server", "noetl"),
    status("deployment/noetl-worker", "noetl"),
  ]);
  for (const line of await programs.calls()) {
    if (line.startsWith("kubectl")) assert.match(line, /^kubectl (--context kind-noetl|config view) /);
  }
  const document = JSON.parse(stdout) as { image: string; urls: string[]; changes: unknown[] };
  assert.equal(document.image, `local/noetl:${TAG}`);
  assert.deepEqual(document.urls, ["http://localhost:18082"]);
  assert.equal(imageOf(api, "noetl-server"), `local/noetl:${TAG}`);
  assert.equal(api.store.get("pods", "noetl", "noetl-server-1-0")?.status !== undefined, true);
  assert.deepEqual(await snapshotOf(project), before);

  // The same again: the keys are kept, nothing changes, pods are started anew.
  const keys = api.store.get("secrets", "noetl", "noetl-keys");
  const again = await noetl(["k8s", "deploy", "--json"]);
  assert.equal(again.code, 0, again.stderr);
  const second = JSON.parse(again.stdout) as { changes: unknown[]; restarted: string[] };
  assert.deepEqual(second.changes, []);
  assert.deepEqual(second.restarted, ["deployment/noetl-server", "deployment/noetl-worker"]);
  assert.deepEqual(api.store.get("secrets", "noetl", "noetl-keys"), keys);

  const diff = await noetl(["k8s", "diff", "--tag", "next", "--exit-code"]);
  assert.equal(diff.code, 1, diff.stderr);
  assert.match(diff.stdout, new RegExp(`^-\\s+image: local/noetl:${TAG}$`, "m"));
  assert.match(diff.stdout, /^\+\s+image: local\/noetl:next$/m);
  assert.match(diff.stdout, /^~ Deployment noetl-worker \(noetl\)$/m);
  assert.equal(imageOf(api, "noetl-server"), `local/noetl:${TAG}`, "a diff changes nothing");

  // The number of pods set by hand goes back; a field somebody else took is a conflict.
  const scaled = await noetl(["k8s", "scale", "worker", "5"]);
  assert.equal(scaled.code, 0, scaled.stderr);
  assert.equal(specOf(api, "noetl-worker").replicas, 5);
  const deployed = await noetl(["k8s", "deploy", "--no-wait", "--no-load"]);
  assert.equal(deployed.code, 0, deployed.stderr);
  assert.match(deployed.stderr, /set by hand/);
  assert.equal(specOf(api, "noetl-worker").replicas, 2);

  takeOver(api);
  const refused = await noetl(["k8s", "deploy"]);
  assert.equal(refused.code, 1);
  assert.match(refused.stderr, /conflict with "kubectl-edit" using v1: \.data\.TZ/);
  assert.match(refused.stderr, /--force-conflicts/);
  assert.equal((await noetl(["k8s", "deploy", "--force-conflicts", "--no-wait", "--no-load"])).code, 0);

  // A pod that does not come up: the reason, its events, its log; --atomic puts back what was there.
  api.fates.set("noetl-server", { is: "waiting", reason: "ErrImageNeverPull", message: "not on this node" });
  api.logs.set("noetl-server", "boot\ncannot reach the database\n");
  const failed = await noetl(["k8s", "deploy", "--tag", "broken", "--atomic"]);
  assert.equal(failed.code, 1);
  assert.match(failed.stderr, /noetl-server-\d-0\/noetl-server: ErrImageNeverPull: not on this node/);
  assert.match(failed.stderr, /Warning Failed: not on this node/);
  assert.match(failed.stderr, /^ {4}cannot reach the database$/m);
  assert.equal(imageOf(api, "noetl-server"), `local/noetl:${TAG}`);
  assert.equal(imageOf(api, "noetl-worker"), `local/noetl:${TAG}`);
  assert.equal(api.store.list("jobs", "noetl").length, 1, "the Job of the broken image is gone");
  assert.equal(api.store.list("secrets", "noetl").length, 2);
});

test("an atomic first deploy leaves volumes, Secrets and stores, and nothing else", { skip }, async (t) => {
  const { noetl, api } = await startCluster(t);
  api.fates.set("noetl-worker", {
    is: "waiting",
    reason: "CrashLoopBackOff",
    message: "back-off",
    restarts: 4,
    exitCode: 1,
  });
  const failed = await noetl(["k8s", "deploy", "--atomic", "--wait-timeout", "3s"]);
  assert.equal(failed.code, 1);
  assert.match(failed.stderr, /CrashLoopBackOff: back-off; it ended with exit code 1, started 5 times/);
  assert.deepEqual(api.store.list("deployments"), []);
  assert.deepEqual(api.store.list("services", "noetl"), []);
  assert.equal(api.store.list("statefulsets").length, 2);
  assert.equal(api.store.list("configmaps", "postgres").length, 2);
  assert.ok(api.store.get("persistentvolumeclaims", "noetl", "noetl-data-shared"));
});

test("a migration that fails ends it before server and workers are touched", { skip }, async (t) => {
  const { noetl, api } = await startCluster(t);
  for (const name of await migrationNames(noetl)) api.fates.set(name, { is: "failed", message: "no such role" });
  const failed = await noetl(["k8s", "deploy"]);
  assert.equal(failed.code, 1);
  assert.match(failed.stderr, /BackoffLimitExceeded: no such role/);
  assert.deepEqual(api.store.list("deployments"), []);
});

test("pods without a node are explained", { skip }, async (t) => {
  const { noetl, api } = await startCluster(t);
  api.fates.set("noetl-server", { is: "unschedulable", message: "0/1 nodes are available: insufficient memory" });
  const failed = await noetl(["k8s", "deploy", "--wait-timeout", "3s"]);
  assert.equal(failed.code, 1);
  assert.match(failed.stderr, /Unschedulable: 0\/1 nodes are available: insufficient memory/);
  const status = await noetl(["k8s", "status", "--json"]);
  assert.equal(status.code, 1);
  const { workloads } = JSON.parse(status.stdout) as { workloads: { name: string; ok: boolean }[] };
  assert.equal(workloads.find(({ name }) => name === "noetl-server")?.ok, false);
  assert.equal(workloads.find(({ name }) => name === "postgres")?.ok, true);
});

test("Ctrl-C while pods come up: 130, and it says what stays", { skip }, async (t) => {
  const { noetl, api } = await startCluster(t);
  api.fates.set("noetl-server", { is: "ready", afterMs: 60_000 });
  let interrupted = false;
  const { code, stderr } = await noetl(["k8s", "deploy"], {
    during: (child) => {
      child.stderr?.on("data", (bytes: Buffer) => {
        if (interrupted || !String(bytes).includes("deployment/noetl-server: 0 of 1")) return;
        interrupted = true;
        child.kill("SIGINT");
      });
    },
  });
  assert.equal(code, 130, stderr);
  assert.match(stderr, /what was applied stays/);
  assert.ok(api.store.get("deployments", "noetl", "noetl-server"));
});

/** Neighbours that run at the same time, in the order of the alphabet. */
function sortedRuns(lines: readonly string[]): string[] {
  const key = (line: string) => /rollout status/.test(line);
  const sorted = [...lines];
  for (let start = 0; start < sorted.length; start++) {
    let end = start;
    while (end < sorted.length && key(sorted[end] ?? "")) end++;
    if (end > start + 1) sorted.splice(start, end - start, ...sorted.slice(start, end).sort());
    start = Math.max(start, end - 1);
  }
  return sorted;
}

async function snapshotOf(folder: string): Promise<[string, string][]> {
  const names = (await readdir(folder)).sort();
  return Promise.all(
    names.map(async (name): Promise<[string, string]> => [name, await readFile(join(folder, name), "utf8")]),
  );
}

function specOf(api: StubApi, deployment: string): Record<string, unknown> {
  const spec = api.store.get("deployments", "noetl", deployment)?.spec;
  return isObject(spec) ? spec : {};
}

function imageOf(api: StubApi, deployment: string): unknown {
  const { template } = specOf(api, deployment) as { template?: { spec: { containers: { image: string }[] } } };
  return template?.spec.containers[0]?.image;
}

/** Somebody edits a ConfigMap by hand. */
function takeOver(api: StubApi): void {
  const map = api.store.get("configmaps", "noetl", "noetl-server-config");
  assert.ok(map);
  const entry = {
    manager: "kubectl-edit",
    operation: "Update",
    apiVersion: "v1",
    fieldsType: "FieldsV1",
    fieldsV1: { "f:data": { "f:TZ": {} } },
  };
  const managedFields = [...((map.metadata.managedFields as object[] | undefined) ?? []), entry];
  api.store.put("configmaps", {
    ...map,
    data: { ...(map.data as object), TZ: "Europe/Berlin" },
    metadata: { ...map.metadata, managedFields },
  });
}

async function migrationNames(noetl: Awaited<ReturnType<typeof startCluster>>["noetl"]): Promise<string[]> {
  const { stdout } = await noetl(["k8s", "deploy", "--dry-run"]);
  return [...stdout.matchAll(/job\/(noetl-migrate-\w+)/g)].map(([, name = ""]) => name);
}
