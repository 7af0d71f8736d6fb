import { spawn } from "node:child_process";
import { capture } from "./capture.ts";
import type { ProcessEnv } from "./environment.ts";
import { endGroup, hasGroups, signalGroup } from "./group.ts";
import type { LivePrograms } from "./live.ts";

export interface RunOptions {
  command: string;
  args: readonly string[];
  env: ProcessEnv;
  directory: string;
  /** ms; undefined = no limit */
  limit?: number | undefined;
  signal: AbortSignal;
  live: LivePrograms;
  /** bytes kept of each stream */
  head: number;
  tail: number;
  onOutput?: (stream: "stdout" | "stderr", text: string) => void;
  /** What the program left running in its group ends with it. */
  endGroup?: boolean;
}

export interface Finished {
  ended: "exit" | "timeout" | "aborted";
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

/** ms between SIGTERM and SIGKILL (worker-and-tools §11.3) */
const GRACE = 5_000;
/** A program's children may hold its pipes for ever; its output is complete when nothing came for QUIET ms, at the latest after MOST. */
const QUIET = 250;
const MOST = 2_000;

/**
 * Runs a program in a process group of its own, with nothing on stdin. On time-out and abort the whole group gets SIGTERM, 5 s later
 * SIGKILL. Children that outlive the program keep running (their further output is dropped) unless `endGroup`. Rejects when the
 * program cannot be started (`ENOENT`, `E2BIG` …).
 */
export function runProcess(options: RunOptions): Promise<Finished> {
  const { head, tail, onOutput } = options;
  if (options.signal.aborted) {
    return Promise.resolve({ ended: "aborted", code: null, signal: "SIGTERM", stdout: "", stderr: "" });
  }
  return new Promise((resolve, reject) => {
    const child = spawn(options.command, options.args, {
      cwd: options.directory,
      env: options.env,
      stdio: ["ignore", "pipe", "pipe"],
      detached: hasGroups,
      windowsHide: true,
    });
    options.live.add(child);
    let reason: Finished["ended"] = "exit";
    let ending: Promise<void> | undefined;
    const stop = (why: "timeout" | "aborted") => {
      if (reason !== "exit") return;
      reason = why;
      ending = endGroup(child, GRACE);
    };
    const timer = options.limit === undefined ? undefined : setTimeout(() => stop("timeout"), options.limit);
    const abort = () => stop("aborted");
    options.signal.addEventListener("abort", abort, { once: true });

    const kept = (["stdout", "stderr"] as const).map((name) => {
      const live = onOutput && ((text: string) => onOutput(name, text));
      return capture({ head, tail, ...(live ? { live } : {}) });
    });
    let settled = false;
    let lastData = 0;
    let watch: NodeJS.Timeout | undefined;
    [child.stdout, child.stderr].forEach((stream, index) => {
      stream.on("data", (chunk: Buffer) => {
        if (settled) return;
        lastData = performance.now();
        kept[index]?.push(chunk);
      });
    });

    const settle = async (code: number | null, signal: NodeJS.Signals | null) => {
      if (settled) return;
      settled = true;
      clearTimeout(timer);
      clearTimeout(watch);
      options.signal.removeEventListener("abort", abort);
      for (const each of kept) each.end();
      if (options.endGroup && reason === "exit" && child.pid !== undefined && hasGroups)
        signalGroup(child.pid, "SIGTERM");
      // Still open means that a child of the program holds them: it must neither get SIGPIPE nor keep this process alive.
      for (const stream of [child.stdout, child.stderr]) unref(stream);
      await ending;
      options.live.remove(child);
      resolve({ ended: reason, code, signal, stdout: kept[0]?.text() ?? "", stderr: kept[1]?.text() ?? "" });
    };

    child.once("error", (error) => {
      settled = true;
      clearTimeout(timer);
      options.signal.removeEventListener("abort", abort);
      options.live.remove(child);
      reject(error);
    });
    child.once("close", settle);
    child.once("exit", (code, signal) => {
      if (settled) return;
      const exited = performance.now();
      lastData = exited;
      const look = () => {
        const now = performance.now();
        if (now - lastData >= QUIET || now - exited >= MOST) void settle(code, signal);
        else watch = setTimeout(look, Math.min(QUIET - (now - lastData), MOST - (now - exited)));
      };
      watch = setTimeout(look, QUIET);
    });
  });

  function unref(stream: unknown): void {
    (stream as { unref?: () => void }).unref?.();
  }
}
