import { spawn } from "node:child_process";
import { NoetlError } from "@noetl/core";

/** How this program is started again: the runtime and its script, or the compiled binary alone. */
export type Program = readonly [file: string, ...args: string[]];

export interface Started {
  /** Rejects when it ends with an error; what it said is the message. */
  readonly failed: Promise<never>;
}

const KEPT = 4_000;

/** A run of its own: it goes on when this program ends. */
export function startProgram(
  [file, ...first]: Program,
  args: readonly string[],
  { env, cwd }: { env: { readonly [name: string]: string | undefined }; cwd: string },
): Started {
  const child = spawn(file, [...first, ...args], {
    cwd,
    env: env as NodeJS.ProcessEnv,
    detached: true,
    stdio: ["ignore", "ignore", "pipe"],
  });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    said = (said + text).slice(-KEPT);
  });
  const failed = new Promise<never>((_, reject) => {
    const tell = (message: string) => reject(new NoetlError("terminal", "E_RUN_START", message));
    child.once("error", (error) => tell(error.message));
    // 5 and 6 are ends of the run, not of the start.
    child.once("close", (code) => {
      if (code !== 0 && code !== 5 && code !== 6) tell(said.trim() || `it ended with exit code ${code}`);
    });
  });
  // Somebody may have stopped waiting for it.
  failed.catch(() => {});
  child.unref();
  return { failed };
}
