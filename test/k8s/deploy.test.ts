import assert from "node:assert/strict";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { isObject } from "@noetl/core";
import { startCluster, TAG, withoutKubectl, writeKubeconfig } from "./cluster.ts";
import type { StubApi } from "./stub/api.ts";

const skip = withoutKubectl;

test("the life of a deployment: fresh, the same again, scaled by hand, in conflict, broken and put back", {
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
});

test("redeploying the same: keys are kept, nothing changes, pods are started anew; another tag rolls", {
  skip,
}, async (t) => {
  const { noetl, api } = await startCluster(t);
  assert.equal((await noetl(["k8s", "deploy"])).code, 0);
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
  const deployed = await noetl(["k8s", "deploy"]);
  assert.equal(deployed.code, 0, deployed.stderr);
  assert.match(deployed.stderr, /set by hand/);
  assert.equal(specOf(api, "noetl-worker").replicas, 2);

  takeOver(api);
  const refused = await noetl(["k8s", "deploy"]);
  assert.equal(refused.code, 1);
  assert.match(refused.stderr, /conflict with "kubectl-edit" using v1: \.data\.TZ/);
  assert.match(refused.stderr, /--force-conflicts/);
  assert.equal((await noetl(["k8s", "deploy", "--force-conflicts"])).code, 0);
});

test("a pod that does not come up: the reason, its events, its log; exit 1; --atomic puts back what was there", {
  skip,
}, async (t) => {
  const { noetl, api } = await startCluster(t);
  assert.equal((await noetl(["k8s", "deploy"])).code, 0);
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

test("every step that fails ends it: what comes later is not run, and what kubectl said is shown", {
  skip,
}, async (t) => {
  const steps = [
    { program: "kind", when: "load", stderr: "ERROR: no nodes found for cluster\n", later: "apply" },
    { program: "kubectl", when: "wait --for=jsonpath", stderr: "error: timed out\n", later: "create" },
    { program: "kubectl", when: "create -f -", stderr: "error: quota exceeded\n", later: "rollout" },
    {
      program: "kubectl",
      when: "rollout status statefulset/nats",
      stderr: "error: deadline\n",
      later: "condition=complete",
    },
    { program: "kubectl", when: "condition=complete", stderr: "error: job gone\n", later: "deployment/" },
    {
      program: "kubectl",
      when: "rollout status deployment/noetl-server",
      stderr: "error: progress deadline\n",
      later: "none",
    },
  ];
  const { noetl, programs, project } = await startCluster(t);
  const before = await snapshotOf(project);
  for (const { later, ...rule } of steps) {
    const already = (await programs.lines()).length;
    await programs.rules({ ...rule, code: 1 });
    const { code, stderr } = await noetl(["k8s", "deploy"]);
    assert.equal(code, 1, `${rule.when}: ${stderr}`);
    assert.ok(stderr.includes(rule.stderr.trim().replace(/^(error|ERROR): /, "")), `${rule.when}: ${stderr}`);
    const lines = (await programs.lines()).slice(already);
    assert.deepEqual(
      lines.filter((line) => line.includes(later)),
      [],
      rule.when,
    );
    await programs.rules({ ...rule, stderr: "", code: 0 });
  }
  assert.deepEqual(await snapshotOf(project), before);
});

test("no permission: what is forbidden, how much was applied, exit 77; the next deploy goes on", {
  skip,
}, async (t) => {
  const { noetl, api } = await startCluster(t);
  api.forbidden.add("PATCH services");
  const refused = await noetl(["k8s", "deploy", "--json"]);
  assert.equal(refused.code, 77, refused.stderr);
  const { error } = JSON.parse(refused.stdout) as { error: { code: string; message: string } };
  assert.equal(error.code, "KUBE_FORBIDDEN");
  assert.match(error.message, /User "dev" cannot patch resource "services"/);
  assert.match(error.message, /\d+ of \d+ objects were applied, 6 were not/);
  api.forbidden.clear();
  api.forbidden.add("PATCH namespaces").add("GET nodes");
  const granted = await noetl(["k8s", "deploy"]);
  assert.equal(granted.code, 0, granted.stderr);
  assert.match(granted.stderr, /namespaces may not be changed/);
});

test("the tag file in every form it ever had", { skip }, async (t) => {
  const { noetl, project } = await startCluster(t);
  const file = join(project, ".noetl_last_build_tag.txt");
  const forms: [string, RegExp][] = [
    ["2025-11-03-14-25", /kind load docker-image local\/noetl:2025-11-03-14-25 --name noetl/],
    ["20260101-000000-abc\n", /local\/noetl:20260101-000000-abc /],
    ["20260101-000000-abc\r\n", /local\/noetl:20260101-000000-abc /],
    ["local/noetl:2025-11-03-14-25", /local\/noetl:2025-11-03-14-25 /],
  ];
  for (const [text, expected] of forms) {
    await writeFile(file, text);
    const { code, stdout, stderr } = await noetl(["k8s", "deploy", "--dry-run"]);
    assert.equal(code, 0, stderr);
    assert.match(stdout.split("\n")[0] ?? "", expected);
  }
  for (const text of ["", "\n", "no tag!\n"]) {
    await writeFile(file, text);
    const { code, stderr } = await noetl(["k8s", "deploy", "--dry-run"]);
    assert.equal(code, 2);
    assert.match(stderr, /holds no tag/);
  }
});

test("the guard: another context, a name that lies, none, a broken kubeconfig — refused, and nothing was changed", {
  skip,
}, async (t) => {
  const { noetl, api, programs, home } = await startCluster(t);
  const cases: [servers: { [context: string]: string }, args: string[], said: RegExp][] = [
    [
      { prod: api.url },
      [],
      /does not touch context 'prod': .*kind-\*, minikube, docker-desktop[\s\S]*--context prod --yes/,
    ],
    [{ prod: api.url }, ["--yes"], /does not touch context 'prod'/],
    [{ prod: api.url }, ["--context", "prod"], /does not touch context 'prod'/],
    [{ "kind-noetl": "https://203.0.113.9:6443" }, [], /its API is at https:\/\/203\.0\.113\.9:6443/],
    [{}, [], /no current context[\s\S]*kind create cluster/],
    [
      { "kind-noetl": api.url },
      ["--kube-context", "kind-other"],
      /no context 'kind-other', only kind-noetl[\s\S]*kind create cluster/,
    ],
  ];
  for (const action of ["deploy", "remove", "reset", "scale", "exec"]) {
    for (const [servers, args, said] of action === "deploy" ? cases : cases.slice(0, 1)) {
      const positional = action === "scale" ? ["worker", "3"] : action === "exec" ? ["worker"] : [];
      const KUBECONFIG = await writeKubeconfig(home, servers);
      const { code, stderr } = await noetl(["k8s", action, ...positional, ...args], { env: { KUBECONFIG } });
      assert.equal(code, 2, stderr);
      assert.match(stderr, said);
    }
  }
  await programs.rules({ program: "kubectl", when: "config view", code: 1, stderr: "error loading config file\n" });
  const broken = await noetl(["k8s", "deploy"]);
  assert.equal(broken.code, 2);
  assert.match(broken.stderr, /error loading config file/);
  assert.deepEqual(api.calls, []);
  assert.deepEqual(await programs.lines(), []);
});

test("a context of another machine is changed when it is named and --yes given; a local image does not get there", {
  skip,
}, async (t) => {
  const { noetl, home, api } = await startCluster(t);
  const env = { KUBECONFIG: await writeKubeconfig(home, { prod: api.url }) };
  const named = ["k8s", "deploy", "--context", "prod", "--yes"];
  const local = await noetl(named, { env });
  assert.equal(local.code, 2);
  assert.match(local.stderr, /cannot get local\/noetl/);
  const pushed = await noetl([...named, "--image-ref", "registry.example/noetl:1"], { env });
  assert.equal(pushed.code, 0, pushed.stderr);
  assert.equal(imageOf(api, "noetl-server"), "registry.example/noetl:1");
  const removed = await noetl(["k8s", "remove", "--context", "prod", "--yes"], { env });
  assert.equal(removed.code, 2, "--yes is not enough there");
  assert.match(removed.stderr, /--confirm prod/);
  assert.equal((await noetl(["k8s", "remove", "--context", "prod", "--yes", "--confirm", "prod"], { env })).code, 0);
  const allowed = { ...env, NOETL_ALLOWED_KUBE_CONTEXTS: "prod,other" };
  assert.equal((await noetl(["k8s", "deploy", "--dry-run", "--no-load"], { env: allowed })).code, 0);
});

test("an image for other nodes is refused before it is loaded", { skip }, async (t) => {
  const { noetl, programs, project } = await startCluster(t, { architecture: "arm64" });
  const build = { image: `local/noetl:${TAG}`, tag: TAG, platform: "linux/amd64", engine: "docker" };
  await writeFile(join(project, ".noetl_last_build.json"), JSON.stringify(build));
  const { code, stderr } = await noetl(["k8s", "deploy"]);
  assert.equal(code, 2);
  assert.match(stderr, /is for linux\/amd64, nodes of context kind-noetl are linux\/arm64/);
  assert.match(stderr, /--platform linux\/arm64/);
  assert.deepEqual(await programs.lines(), []);
});

test("podman: the image goes to kind as a file, and the file is gone afterwards", { skip }, async (t) => {
  const { noetl, programs, project } = await startCluster(t);
  await programs.add("podman");
  const build = { image: `local/noetl:${TAG}`, tag: TAG, platform: "linux/amd64", engine: "podman" };
  await writeFile(join(project, ".noetl_last_build.json"), JSON.stringify(build));
  const { code, stderr } = await noetl(["k8s", "deploy"]);
  assert.equal(code, 0, stderr);
  const [save = "", load = ""] = await programs.lines();
  const archive = /^podman save -o (\S+) docker\.io\/local\/noetl:/.exec(save)?.[1] ?? "";
  assert.equal(load, `kind load image-archive ${archive} --name noetl`);
  await assert.rejects(readFile(archive), { code: "ENOENT" });
});

test("--dry-run: only looks, and its lines can be pasted", { skip }, async (t) => {
  const { noetl, programs, api } = await startCluster(t);
  const { code, stdout } = await noetl(["k8s", "deploy", "--dry-run"]);
  assert.equal(code, 0);
  assert.deepEqual(await programs.lines(), []);
  assert.deepEqual(api.calls, []);
  assert.match(stdout, /^kubectl --context kind-noetl apply --server-side --field-manager=noetl -f - <<'EOF'$/m);
  assert.match(stdout, /NOETL_ENCRYPTION_KEY: \$\(openssl rand -base64 32\)/);
  assert.doesNotMatch(stdout, /use-context/);
});

test("KEDA: refused where it is missing; where it is, its objects are applied and a scaled pool is left to it", {
  skip,
}, async (t) => {
  const without = await startCluster(t);
  await writeFile(join(without.project, "noetl.k8s.yaml"), "keda: { enabled: true }\n");
  const refused = await without.noetl(["k8s", "deploy"]);
  assert.equal(refused.code, 2);
  assert.match(refused.stderr, /has no KEDA/);
  assert.deepEqual(without.api.calls, []);

  const { noetl, project, api } = await startCluster(t, { keda: true });
  await writeFile(join(project, "noetl.k8s.yaml"), "keda: { enabled: true }\n");
  const deployed = await noetl(["k8s", "deploy"]);
  assert.equal(deployed.code, 0, deployed.stderr);
  assert.ok(api.store.list("scaledobjects", "noetl").length > 0);
  const scaled = await noetl(["k8s", "scale", "worker", "3"]);
  assert.equal(scaled.code, 1);
  assert.match(scaled.stderr, /KEDA scales noetl-worker/);
});

test("Secrets somebody else has to make are asked for before anything is changed", { skip }, async (t) => {
  const { noetl, api } = await startCluster(t, { keda: true });
  const args = ["k8s", "deploy", "--profile", "production", "--image-ref", "registry.example/noetl:1"];
  const { code, stderr } = await noetl(args);
  assert.equal(code, 2, stderr);
  assert.match(stderr, /has no Secret noetl-secret, which holds NOETL_DATABASE_URL/);
  assert.match(stderr, /create secret generic noetl-secret --from-literal=NOETL_DATABASE_URL=/);
  assert.deepEqual(api.calls, []);
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

test("kubectl is not there", async (t) => {
  const { noetl } = await startCluster(t);
  const { code, stderr } = await noetl(["k8s", "deploy"], { env: { PATH: "/nowhere" } });
  assert.equal(code, 2);
  assert.match(stderr, /there is no kubectl on the PATH/);
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
