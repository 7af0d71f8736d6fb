import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { mkdir, rename, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { NoetlError } from "@noetl/core";
import type { Program } from "./self.ts";

export interface Spawned {
  pid: number;
  /** set when it has ended: its exit code, or the name of the signal */
  ended(): string | undefined;
}

/** A log is put aside when it has grown beyond this at a start, bytes. */
const LARGE = 10 << 20;

/** Starts a process that outlives this one; what it prints is appended to a file. Meaning `not_found` when there is no such program. */
export async function spawnDetached(
  program: Program,
  options: { logFile: string; env: NodeJS.ProcessEnv; cwd: string },
): Promise<Spawned> {
  const { logFile, env, cwd } = options;
  await mkdir(dirname(logFile), { recursive: true, mode: 0o700 });
  await putAside(logFile);
  // A stream with an open descriptor goes to the child as it is: nothing passes through this process.
  const log = createWriteStream(logFile, { flags: "a", mode: 0o600 });
  await once(log, "open");
  try {
    const { execa } = await import("execa");
    const child = execa(program.file, program.args, {
      detached: true,
      cleanup: false,
      buffer: false,
      reject: false,
      extendEnv: false,
      env,
      cwd,
      stdin: "ignore",
      stdout: log,
      stderr: log,
    });
    child.nodeChildProcess.unref();
    let end: string | undefined;
    const { pid } = child;
    const ending = child.then((result) => {
      end = result.signal ?? (result.exitCode === undefined ? result.message : `exit code ${result.exitCode}`);
    });
    if (pid === undefined) {
      await ending;
      throw new NoetlError(
        "not_found",
        "PROGRAM_NOT_FOUND",
        `cannot start ${program.file}: ${end ?? "no such program"}`,
      );
    }
    return { pid, ended: () => end };
  } finally {
    log.destroy();
  }
}

async function putAside(file: string): Promise<void> {
  try {
    if ((await stat(file)).size > LARGE) await rename(file, `${file}.1`);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
}
