import type { Log } from "@noetl/worker";
import type { Program } from "./self.ts";
import { killDescendants } from "./stop.ts";

export interface Foreground {
  /** aborts at the first SIGTERM or SIGINT; the second one ends the process at once, with all it started (exit code 130) */
  readonly signal: AbortSignal;
  release(): void;
}

const SIGNALS = ["SIGTERM", "SIGINT"] as const;

export function untilSignalled(log: Log): Foreground {
  const controller = new AbortController();
  const handler = (name: NodeJS.Signals) => {
    if (controller.signal.aborted) {
      log.warn("told twice to stop: leaving at once", { signal: name });
      void killDescendants(process.pid).finally(() => process.exit(130));
      return;
    }
    controller.abort(new Error(`stopped by ${name}`));
  };
  for (const name of SIGNALS) process.on(name, handler);
  return {
    signal: controller.signal,
    release() {
      for (const name of SIGNALS) process.off(name, handler);
    },
  };
}

/** A program in our place: its streams are ours, signals reach it; resolves with its exit code. */
export async function runInPlace(program: Program, env: NodeJS.ProcessEnv): Promise<number> {
  const { execa } = await import("execa");
  const child = execa(program.file, program.args, { stdio: "inherit", reject: false, extendEnv: false, env });
  const pass = (name: NodeJS.Signals) => void child.kill(name);
  for (const name of SIGNALS) process.on(name, pass);
  try {
    const result = await child;
    return result.exitCode ?? (result.signal === "SIGINT" ? 130 : 1);
  } finally {
    for (const name of SIGNALS) process.off(name, pass);
  }
}
