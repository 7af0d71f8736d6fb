import { failed } from "../outcome.ts";
import type { ToolCall, ToolDone } from "../tool.ts";
import { baseEnvironment } from "./environment.ts";
import { describeExit } from "./exit.ts";
import { livePrograms } from "./live.ts";
import { runProcess } from "./run.ts";

export type CliAnswer = { ok: true; stdout: string } | { ok: false; outcome: ToolDone };

/** A minute: these commands talk to one service once. */
const LIMIT = 60_000;

/** Runs the Google Cloud CLI of this machine. What it prints may be a secret, so it is not shown. */
export async function gcloud(args: readonly string[], call: ToolCall): Promise<CliAnswer> {
  const { env, signal, timeout } = call;
  try {
    const run = await runProcess({
      command: "gcloud",
      args: [...args, "--quiet"],
      env: baseEnvironment(env),
      directory: env.workingDirectory,
      limit: timeout.total ?? LIMIT,
      signal,
      live: livePrograms(env.resources),
      head: 64 * 1024,
      tail: 64 * 1024,
    });
    if (run.ended === "exit" && run.code === 0) return { ok: true, stdout: run.stdout.trim() };
    if (run.ended !== "exit") {
      return {
        ok: false,
        outcome: failed(run.ended === "timeout" ? "timeout" : "cancelled", `gcloud ${args[0]}: ${run.ended}`),
      };
    }
    const said = run.stderr.trim().split("\n").slice(-3).join(" ");
    return {
      ok: false,
      outcome: failed("auth", `${describeExit("gcloud", run.code, run.signal)}: ${said}`, { code: "GCLOUD" }),
    };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    return {
      ok: false,
      outcome: failed("configuration", "the Google Cloud CLI (gcloud) is not on PATH", {
        code: "GCLOUD_NOT_FOUND",
        recovery: "install it, or give a credential with `auth`",
      }),
    };
  }
}
