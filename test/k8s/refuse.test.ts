import assert from "node:assert/strict";
import { readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { isObject } from "@noetl/core";
import { startCluster, TAG, withoutKubectl, writeKubeconfig } from "./cluster.ts";
import type { StubApi } from "./stub/api.ts";

const skip = withoutKubectl;

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
  const granted = await noetl(["k8s", "deploy", "--no-wait"]);
  assert.equal(granted.code, 0, granted.stderr);
  assert.match(granted.stderr, /namespaces may not be changed/);
});

test("the guard: refused, and nothing was changed", { skip }, async (t) => {
  const { noetl, api, programs, home } = await startCluster(t);
  const cases: [servers: { [context: string]: string }, args: string[], said: RegExp][] = [
    [{ prod: api.url }, ["deploy", "--yes"], /does not touch context 'prod': .*kind-\*[\s\S]*--context prod --yes/],
    [{ prod: api.url }, ["remove", "--context", "prod"], /remove does not touch context 'prod'/],
    [{ prod: api.url }, ["reset"], /reset does not touch context 'prod'/],
    [{ prod: api.url }, ["scale", "worker", "3"], /scale does not touch context 'prod'/],
    [{ prod: api.url }, ["exec", "worker"], /exec does not touch context 'prod'/],
    [{ "kind-noetl": "https://203.0.113.9:6443" }, ["deploy"], /its API is at https:\/\/203\.0\.113\.9:6443/],
    [{}, ["deploy"], /no current context[\s\S]*kind create cluster/],
  ];
  for (const [servers, args, said] of cases) {
    const KUBECONFIG = await writeKubeconfig(home, servers);
    const { code, stderr } = await noetl(["k8s", ...args], { env: { KUBECONFIG } });
    assert.equal(code, 2, stderr);
    assert.match(stderr, said);
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
  const pushed = await noetl([...named, "--image-ref", "registry.example/noetl:1", "--no-wait"], { env });
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
  const built = await noetl(["build", "--tag", "other"]);
  assert.equal(built.code, 0, built.stderr);
  assert.match(built.stderr, /the nodes of context kind-noetl are linux\/arm64: for them --platform linux\/arm64/);
});

test("cli.md §8 #25, §9.12: --dry-run: only looks, and its lines can be pasted", { skip }, async (t) => {
  const { noetl, programs, api, project } = await startCluster(t);
  const files = await readdir(project);
  const { code, stdout } = await noetl(["k8s", "deploy", "--dry-run"]);
  assert.deepEqual(await readdir(project), files);
  assert.equal(code, 0);
  assert.deepEqual(await programs.lines(), []);
  assert.deepEqual(api.calls, []);
  assert.match(stdout, /^kubectl --context kind-noetl apply --server-side --field-manager=noetl -f - <<'EOF'$/m);
  assert.match(stdout, /NOETL_ENCRYPTION_KEY: \$\(openssl rand -base64 32\)/);
  assert.doesNotMatch(stdout, /use-context/);

  const build = { image: `local/noetl:${TAG}`, tag: TAG, platform: "linux/amd64", engine: "podman" };
  await writeFile(join(project, ".noetl_last_build.json"), JSON.stringify(build));
  const podman = await noetl(["k8s", "deploy", "--dry-run"]);
  assert.match(podman.stdout, /^podman save -o \S+ docker\.io\/local\/noetl:/);
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
  const deployed = await noetl(["k8s", "deploy", "--no-wait", "--no-load"]);
  assert.equal(deployed.code, 0, deployed.stderr);
  assert.ok(api.store.list("scaledobjects", "noetl").length > 0);
  const scaled = await noetl(["k8s", "scale", "worker", "3"]);
  assert.equal(scaled.code, 1);
  assert.match(scaled.stderr, /KEDA scales noetl-worker/);
});

test("without a program 'diff' it cannot be said what changes, and it is deployed all the same", {
  skip,
}, async (t) => {
  const { noetl, programs, api } = await startCluster(t);
  await rm(join(programs.path, "diff"));
  for (const name of ["noetl", "postgres", "nats"]) {
    api.store.put("namespaces", {
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { name },
      status: { phase: "Active" },
    });
  }
  const again = await noetl(["k8s", "deploy", "--no-wait"]);
  assert.equal(again.code, 0, again.stderr);
  assert.match(again.stderr, /what changes is not known: kubectl diff needs a program 'diff'/);
  assert.ok(api.store.get("deployments", "noetl", "noetl-server"));
  const diff = await noetl(["k8s", "diff", "--tag", "x"]);
  assert.equal(diff.code, 2);
  assert.match(diff.stderr, /KUBECTL_EXTERNAL_DIFF/);
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

test("no kubectl on the PATH, and no permission to look: each command says so", { skip }, async (t) => {
  const { noetl, api } = await startCluster(t);
  for (const args of [["deploy"], ["remove"], ["reset"], ["status"]]) {
    const { code, stderr } = await noetl(["k8s", ...args], { env: { PATH: "/nowhere" } });
    assert.equal(code, 2, stderr);
    assert.match(stderr, /there is no kubectl on the PATH/);
  }
  api.forbidden.add("GET pods").add("GET deployments").add("GET namespaces").add("DELETE deployments");
  api.store.put("namespaces", { apiVersion: "v1", kind: "Namespace", metadata: { name: "noetl" } });
  api.store.put("deployments", {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "noetl-server", namespace: "noetl" },
  });
  for (const args of [["status"], ["logs", "worker"], ["diff"], ["exec", "worker"], ["remove"]]) {
    const { code, stderr } = await noetl(["k8s", ...args]);
    assert.equal(code, 77, `${args[0]}: ${stderr}`);
    assert.match(stderr, /is forbidden: User "dev" cannot/);
  }
});

function specOf(api: StubApi, deployment: string): Record<string, unknown> {
  const spec = api.store.get("deployments", "noetl", deployment)?.spec;
  return isObject(spec) ? spec : {};
}

function imageOf(api: StubApi, deployment: string): unknown {
  const { template } = specOf(api, deployment) as { template?: { spec: { containers: { image: string }[] } } };
  return template?.spec.containers[0]?.image;
}
