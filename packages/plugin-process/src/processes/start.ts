import { type Meaning, NoetlError } from "@noetl/core";
import { claimPidFile, type PidRecord, readPidFile, removePidFile } from "./pid-file.ts";
import type { Place } from "./places.ts";
import type { Program } from "./self.ts";
import { type Spawned, spawnDetached } from "./spawn.ts";
import { lastLines } from "./tail.ts";

export interface StartOptions {
  /** `the server`, `worker 'default'` */
  label: string;
  place: Place;
  program: Program;
  env: NodeJS.ProcessEnv;
  cwd: string;
  /** how long to wait until it is ready, ms; undefined = do not wait */
  waitMs: number | undefined;
  /** asked until it says so */
  isReady(url: string): Promise<boolean>;
  /** it runs, but only to finish: it takes nothing new and will end */
  isEnding?(url: string): Promise<boolean>;
  /** address of a program that does not say so itself in its PID file; then the file is written here */
  foreign?: { url?: string; args: string[] };
}

export interface Started {
  status: "started" | "already_running";
  pid: number;
  /** null while it has not said so */
  url: string | null;
  pid_file: string;
  log_file: string;
}

const LOOK_MS = 10;
/** A foreign program without an address counts as started when it has survived this, ms. */
const SURVIVED_MS = 300;

/**
 * Starts a process that goes on alone, and waits until it is ready. One that runs already is reported, not started; one that is
 * about to end is waited for. Meanings: by the exit code of a process that ended at once, its last lines in the message; `timeout`
 * when it is not ready in time (it goes on trying); `conflict` when its predecessor has not ended in time.
 */
export async function startDetached(options: StartOptions): Promise<Started> {
  const { place, program, env, cwd, foreign } = options;
  const before = await readPidFile(place.pidFile);
  if (before.state === "running") {
    if (!(await isEnding(options, before.record))) return started("already_running", place, before.record);
    await ended(options, before.record);
  }
  const child = await spawnDetached(program, { logFile: place.logFile, env, cwd });
  if (foreign) await claimPidFile(place.pidFile, { pid: child.pid, ...foreign });
  const record = await untilReady(options, child);
  return started("started", place, record);
}

async function isEnding(options: StartOptions, { url }: PidRecord): Promise<boolean> {
  return url !== undefined && (await options.isEnding?.(url)) === true;
}

async function ended({ label, place, waitMs = 0 }: StartOptions, { pid }: PidRecord): Promise<void> {
  const deadline = Date.now() + waitMs;
  for (;;) {
    const now = await readPidFile(place.pidFile);
    if (now.state !== "running" || now.record.pid !== pid) return;
    if (Date.now() > deadline) {
      throw new NoetlError("conflict", "STILL_ENDING", `${label} (process ${pid}) still finishes what it runs`, {
        hint: "start it again when it has ended, or give another --name; stop with --force ends it at once",
        data: { pid, log_file: place.logFile },
      });
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

function started(status: Started["status"], { pidFile, logFile }: Place, { pid, url }: PidRecord): Started {
  return { status, pid, url: url ?? null, pid_file: pidFile, log_file: logFile };
}

async function untilReady(options: StartOptions, child: Spawned): Promise<PidRecord> {
  const { place, waitMs, foreign, label } = options;
  const began = Date.now();
  let record: PidRecord = { pid: child.pid };
  for (;;) {
    if (child.ended() !== undefined) throw await endedAtOnce(options, child);
    const found = await readPidFile(place.pidFile);
    if (found.state === "running" && found.record.pid === child.pid) record = found.record;
    const waited = Date.now() - began;
    if (record.url === undefined ? foreign !== undefined && waited > SURVIVED_MS : await options.isReady(record.url)) {
      return record;
    }
    if (waitMs === undefined && waited > SURVIVED_MS) return record;
    if (waitMs !== undefined && waited > waitMs) {
      throw new NoetlError("timeout", "NOT_READY", `${label} (process ${child.pid}) is not ready after ${waited} ms`, {
        hint: `it goes on trying; its log is ${place.logFile}`,
        data: { pid: child.pid, log_file: place.logFile },
      });
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

const MEANING: { readonly [end: string]: Meaning } = {
  "exit code 2": "validation",
  "exit code 4": "unavailable",
  "exit code 77": "auth",
};

async function endedAtOnce({ label, place }: StartOptions, child: Spawned): Promise<NoetlError> {
  await removePidFile(place.pidFile, child.pid);
  const end = child.ended() ?? "";
  const { text } = await lastLines(place.logFile, 12);
  return new NoetlError(
    MEANING[end] ?? "terminal",
    "ENDED_AT_ONCE",
    `${label} ended while it started (${end}):\n${text}`,
    {
      hint: `its log is ${place.logFile}`,
    },
  );
}
