import { type ChildProcess, spawn } from "node:child_process";
import { NoetlError } from "@noetl/core";
import type { ChildCall } from "./call.ts";
import { endOf } from "./end.ts";
import { CHILD, selfCommand } from "./self.ts";

const DESCRIBE_MS = 30_000;

/** Asks a child and waits. Meaning `terminal`, code `PLUGIN_LOAD`: the plugin threw, ended the process or took too long. */
export async function askChild(call: ChildCall, patienceMs = DESCRIBE_MS): Promise<unknown> {
  const child = startChild(call, "quiet");
  const timer = setTimeout(() => child.kill("SIGKILL"), patienceMs);
  const { code, signal, answer, errors } = await endOf(child).finally(() => clearTimeout(timer));
  if (answer && "value" in answer) return answer.value;
  const why =
    signal === "SIGKILL"
      ? `it was not loaded after ${patienceMs / 1_000} s`
      : `it ended the process (${code ?? signal})`;
  const said = errors.trim().split("\n").at(-1);
  throw new NoetlError(
    "terminal",
    "PLUGIN_LOAD",
    answer?.error.message ?? `plugin '${call.plugin}': ${why}${said ? `: ${said}` : ""}`,
    { hint: answer?.error.hint },
  );
}

/**
 * `quiet` keeps what the plugin prints to itself, `loud` shows it on our stderr, `detached` is neither heard nor waited for.
 */
export function startChild(call: ChildCall, how: "quiet" | "loud" | "detached"): ChildProcess {
  const [program, ...args] = selfCommand();
  const stdio = {
    quiet: ["pipe", "ignore", "pipe", "pipe"],
    loud: ["pipe", 2, 2, "pipe"],
    detached: ["pipe", "ignore", "ignore", "ignore"],
  }[how] as ("ignore" | "pipe" | number)[];
  const child = spawn(program, [...args, CHILD], { stdio, detached: how === "detached", windowsHide: true });
  // A child that ends before it has read what it is asked is told of by its end.
  child.stdin?.on("error", () => child.stdin?.destroy());
  // Not in its environment: that has a limit, and a run that failed may have a lot to say.
  child.stdin?.end(JSON.stringify(call));
  if (how === "detached") {
    // Nobody is told of what nobody waits for.
    child.on("error", () => {});
    child.unref();
  }
  return child;
}
