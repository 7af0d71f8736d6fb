import assert from "node:assert/strict";
import { test } from "node:test";
import { exitCodeOf } from "@noetl/sdk";
import type { Ended } from "../exec/index.ts";
import { chooseContext } from "./choose.ts";
import { kubectlFailure } from "./failure.ts";
import { isTrusted, requireAllowed } from "./guard.ts";

const context = (name: string, server: string, named = false) => ({ name, server, named });

test("which contexts may be changed without being named", () => {
  const cases: [name: string, server: string, allowed: string | undefined, expected: boolean][] = [
    ["kind-noetl", "https://127.0.0.1:41234", undefined, true],
    ["kind-noetl", "https://[::1]:41234", undefined, true],
    ["kind-other", "https://localhost:41234", undefined, true],
    ["kind-noetl", "https://203.0.113.9:6443", undefined, false],
    ["kind-noetl", "https://127.0.0.1.example.com", undefined, false],
    ["kind-noetl", "", undefined, false],
    ["kind-noetl", "https://192.168.49.2:8443", undefined, false],
    ["minikube", "https://192.168.49.2:8443", undefined, true],
    ["minikube", "https://192.169.49.2:8443", undefined, false],
    ["docker-desktop", "https://kubernetes.docker.internal:6443", undefined, true],
    ["docker-desktop", "https://10.0.0.1:6443", undefined, false],
    ["prod", "https://127.0.0.1:6443", undefined, false],
    ["prod", "https://203.0.113.9:6443", "prod, staging", true],
    ["kind-noetl", "https://127.0.0.1:41234", "prod", false],
    ["kind-noetl", "https://127.0.0.1:41234", " ", true],
  ];
  for (const [name, server, allowed, expected] of cases) {
    const env = allowed === undefined ? {} : { NOETL_ALLOWED_KUBE_CONTEXTS: allowed };
    assert.equal(isTrusted(context(name, server), env), expected, `${name} ${server} ${allowed}`);
  }
});

test("any other has to be named and agreed to; the refusal names it, what is allowed and the way on", () => {
  const options = { env: {}, action: "deploy" };
  const prod = (named: boolean) => context("prod", "https://203.0.113.9", named);
  for (const [named, yes] of [
    [false, true],
    [true, false],
    [false, false],
  ] as const) {
    assert.throws(() => requireAllowed(prod(named), { ...options, yes }), {
      code: "KUBE_CONTEXT_GUARD",
      message: /deploy does not touch context 'prod'.*kind-\*, minikube, docker-desktop/,
      hint: /--context prod --yes.*--context kind-noetl/,
    });
  }
  requireAllowed(prod(true), { ...options, yes: true });
});

test("a context of kubectl, the one a NoETL context names, or the current one", async () => {
  const kubeconfig = {
    "current-context": "kind-noetl",
    clusters: [{ name: "a", cluster: { server: "https://127.0.0.1:1" } }],
    contexts: ["kind-noetl", "gke", "prod"].map((name) => ({ name, context: { cluster: "a" } })),
  };
  const exec = async (): Promise<Ended> => ({
    code: 0,
    stdout: JSON.stringify(kubeconfig),
    stderr: "",
    timedOut: false,
  });
  const own = {
    name: "prod",
    serverUrl: "http://x",
    runtime: "auto",
    gateway: "auto",
    kubeContext: "gke",
    kubeNamespace: "etl",
  } as const;
  const chosen = async (wish: object, known = [own]) => {
    const { name, named, namespace } = await chooseContext(exec, { known, ...wish });
    return [name, named, namespace];
  };
  assert.deepEqual(await chosen({}), ["kind-noetl", false, undefined]);
  assert.deepEqual(await chosen({ context: "prod" }), ["gke", true, "etl"]);
  assert.deepEqual(await chosen({ context: "prod" }, []), ["prod", true, undefined]);
  assert.deepEqual(await chosen({ context: "prod", kubeContext: "prod" }), ["prod", true, undefined]);
  await assert.rejects(chosen({ context: "none" }), { code: "KUBE_CONTEXT_UNKNOWN", meaning: "validation" });
});

test("what kubectl says, as a code and an exit code", () => {
  const cases: [stderr: string, code: string, exit: number][] = [
    ['Error from server (Forbidden): pods is forbidden: User "x" cannot list resource "pods"', "KUBE_FORBIDDEN", 77],
    ["error: You must be logged in to the server (Unauthorized)", "KUBE_UNAUTHORIZED", 77],
    [
      "The connection to the server 127.0.0.1:1 was refused - did you specify the right host or port?",
      "KUBE_UNREACHABLE",
      4,
    ],
    ["Unable to connect to the server: dial tcp: lookup x: no such host", "KUBE_UNREACHABLE", 4],
    [
      'error: Apply failed with 1 conflict: conflict with "kubectl" using v1: .data.a\nPlease review the fields above--they',
      "KUBE_CONFLICT",
      1,
    ],
    ['error: resource mapping not found for name: "x": no matches for kind "ScaledObject"', "KUBE_KIND_UNKNOWN", 1],
    ['Error from server (NotFound): deployments.apps "x" not found', "KUBE_NOT_FOUND", 3],
    ["error: something else", "KUBECTL_FAILED", 1],
  ];
  for (const [stderr, code, exit] of cases) {
    const error = kubectlFailure(["kubectl", "get"], { code: 1, stdout: "", stderr, timedOut: false }, "kind-noetl");
    assert.equal(error.code, code, stderr);
    assert.equal(exitCodeOf(error), exit, stderr);
    assert.match(error.message, /^context kind-noetl: /);
    assert.doesNotMatch(error.message, /Please review|Error from server/);
  }
  const log =
    'E1125 19:07:06.677883   21657 memcache.go:265] "Unhandled Error" err="x"\nThe connection to the server was refused';
  const { message } = kubectlFailure([], { code: 1, stdout: "", stderr: log, timedOut: false }, "a");
  assert.equal(message, "context a: The connection to the server was refused");
});
