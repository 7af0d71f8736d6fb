import assert from "node:assert/strict";
import { test } from "node:test";
import { NoetlError } from "@noetl/core";
import { profiles } from "../config/index.ts";
import type { Exec } from "../exec/index.ts";
import { type DeployHost, type DeployOptions, deploy } from "./deploy.ts";
import { silentProgress } from "./progress.ts";

const options: DeployOptions = {
  config: profiles.development,
  image: { ref: "local/noetl:1" },
  context: { name: "kind-noetl", server: "http://127.0.0.1:1", named: false },
  engine: "docker",
  load: true,
  timeoutSeconds: 5,
  atomic: false,
  forceConflicts: false,
  recreate: false,
  dryRun: false,
};

/** Programs that do what they are told, except the call that contains `failing`. */
function host(failing: string | undefined, failure: () => ReturnType<Exec> | never): DeployHost & { lines: string[] } {
  const lines: string[] = [];
  const exec: Exec = async ({ argv, reads }) => {
    const line = argv.join(" ");
    if (!reads) lines.push(line);
    if (failing !== undefined && line.includes(failing)) return failure();
    return { code: 0, stdout: "", stderr: "", timedOut: false };
  };
  return { exec, afterwards: exec, lines, progress: silentProgress, note() {}, changes() {} };
}

const says = (stderr: string) => async () => ({ code: 1, stdout: "", stderr, timedOut: false });

test("cli.md §8 #25: every step that fails ends it: what comes later is not run, and what was said is in the error", async () => {
  const all = host(undefined, says(""));
  await deploy(options, all);
  const steps = [
    "kind load",
    "wait --for=jsonpath",
    "create -f -",
    "rollout status statefulset/postgres",
    "wait --for=condition=complete",
    "rollout status deployment/noetl-server",
  ];
  for (const step of steps) {
    const played = host(step, says(`error: ${step} did not work\n`));
    await assert.rejects(deploy(options, played), (error) => {
      assert.ok(error instanceof NoetlError, String(error));
      assert.ok(error.message.includes(`${step} did not work`), error.message);
      return true;
    });
    const failed = all.lines.findIndex((line) => line.includes(step));
    assert.ok(failed >= 0, step);
    assert.deepEqual(played.lines, all.lines.slice(0, failed + 1));
  }
});

test("cli.md §8 #25: each call names the context, and none switches it", async () => {
  const played = host(undefined, says(""));
  await deploy({ ...options, context: { ...options.context, name: "minikube" } }, played);
  for (const line of played.lines) assert.match(line, /^(minikube image load|kubectl --context minikube) /);
  assert.equal(
    played.lines.some((line) => line.includes("use-context")),
    false,
  );
});

test("interrupted while it goes back to what was there, it still goes all the way", async () => {
  const played = host("rollout status deployment/noetl-server", () => {
    throw new NoetlError("cancelled", "INTERRUPTED", "interrupted");
  });
  await assert.rejects(deploy({ ...options, atomic: true }, played), { meaning: "cancelled" });
  assert.match(played.lines.at(-1) ?? "", / delete --ignore-not-found --wait=false -f -$/);
});

test("going back that fails is an error of its own, with the first one as its cause", async () => {
  const played = host(undefined, says(""));
  const { exec } = host("rollout status deployment/noetl-server", says("error: deadline\n"));
  const { exec: afterwards } = host("delete", says("error: no way\n"));
  await assert.rejects(deploy({ ...options, atomic: true }, { ...played, exec, afterwards }), (error) => {
    assert.ok(error instanceof NoetlError);
    assert.equal(error.code, "ROLLBACK_FAILED");
    assert.match(String((error.cause as Error).message), /noetl-server did not come up: deadline/);
    return true;
  });
});
