import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { PROGRAM } from "@noetl/sdk/testing";
import type { Container, Manifest } from "../../packages/plugin-k8s/src/manifests/manifest.ts";

/** Variables a container of these objects has, those of Secrets among them; `secrets` are the ones nobody renders. */
export function environmentOf(
  { env = [], envFrom = [] }: Container,
  objects: readonly Manifest[],
  secrets: readonly Manifest[],
  namespace: string,
): Record<string, string> {
  const all = [...objects, ...secrets].filter(({ metadata }) => metadata?.namespace === namespace);
  const named = (kind: string, name: string | undefined) => {
    const found = all.filter((each) => each.kind === kind && each.metadata?.name === name);
    if (found.length === 0) throw new Error(`there is no ${kind} ${name}`);
    return Object.assign({}, ...found.map((each) => ("data" in each ? each.data : {}))) as Record<string, string>;
  };
  const variables = env.map(({ name, value, valueFrom }) => {
    const ref = valueFrom?.secretKeyRef;
    if (!ref) return [name, value ?? ""];
    return [name, Buffer.from(named("Secret", ref.name)[ref.key] ?? "", "base64").toString()];
  });
  const maps = envFrom.map(({ configMapRef }) => named("ConfigMap", configMapRef?.name));
  return { ...Object.assign({}, ...maps), ...Object.fromEntries(variables) };
}

export interface Running {
  child: ChildProcess;
  /** Both streams so far. */
  output(): string;
  /** Resolves with the exit code. */
  ended: Promise<number | null>;
}

/** The program of the image with these arguments, in a folder of its own and without anything of this machine's environment. */
export async function start(test: TestContext, args: readonly string[], env: Record<string, string>): Promise<Running> {
  const home = await mkdtemp(join(tmpdir(), "noetl-manifests-"));
  const { PATH } = process.env;
  const child = spawn(process.execPath, [PROGRAM, ...args], {
    cwd: home,
    env: { ...(PATH !== undefined && { PATH }), HOME: home, NOETL_HOME: home, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (output += chunk.toString()));
  const ended = new Promise<number | null>((resolve) => child.once("close", (code) => resolve(code)));
  test.after(async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
    await ended;
  });
  return { child, output: () => output, ended };
}

/** Asks until the page answers 200 or the program ends. Resolves with its text. */
export async function answers(url: string, running: Running): Promise<string> {
  for (let last = ""; ; ) {
    if (running.child.exitCode !== null) throw new Error(`it ended:\n${running.output()}`);
    try {
      const answer = await fetch(url, { signal: AbortSignal.timeout(5_000) });
      last = await answer.text();
      if (answer.status === 200) return last;
    } catch (error) {
      last = String(error);
    }
    await pause(50);
  }
}
