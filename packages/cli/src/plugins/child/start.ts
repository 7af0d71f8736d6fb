import { type ChildProcess, spawn } from "node:child_process";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { NoetlError } from "@noetl/core";
import { CALL_VARIABLE, type ChildAnswer, type ChildCall } from "./call.ts";
import { CHILD, selfCommand } from "./self.ts";

const DESCRIBE_MS = 30_000;

/** Asks a child and waits. Meaning `terminal`, code `PLUGIN_LOAD`: the plugin threw, ended the process or took too long. */
export async function askChild(call: ChildCall, patienceMs = DESCRIBE_MS): Promise<unknown> {
  const child = startChild(call, "quiet");
  const timer = setTimeout(() => child.kill("SIGKILL"), patienceMs);
  const ended = new Promise<{ code: number | null; signal: string | null }>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => resolve({ code, signal }));
  });
  const [written, errors, end] = await Promise.all([
    text(child.stdio[3] as Readable),
    child.stderr ? text(child.stderr) : "",
    ended,
  ]).finally(() => clearTimeout(timer));
  const answer = written === "" ? undefined : (JSON.parse(written) as ChildAnswer);
  if (answer && "value" in answer) return answer.value;
  const late = end.signal === "SIGKILL";
  const why = late
    ? `it was not loaded after ${patienceMs / 1_000} s`
    : `it ended the process (code ${end.code ?? end.signal})`;
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
    quiet: ["ignore", "ignore", "pipe", "pipe"],
    loud: ["ignore", 2, 2, "pipe"],
    detached: ["ignore", "ignore", "ignore", "ignore"],
  }[how] as ("ignore" | "pipe" | number)[];
  const child = spawn(program, [...args, CHILD], {
    stdio,
    detached: how === "detached",
    env: { ...process.env, [CALL_VARIABLE]: JSON.stringify(call) },
    windowsHide: true,
  });
  if (how === "detached") {
    // Nobody is told of what nobody waits for.
    child.on("error", () => {});
    child.unref();
  }
  return child;
}
