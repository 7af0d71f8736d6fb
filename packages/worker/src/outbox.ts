import { mkdir, open, readdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { type Clock, ensureError, isNoetlError, type Random } from "@noetl/core";
import type { Log } from "./log.ts";
import type { ControlPlane, Offer } from "./plane/control-plane.ts";
import { jittered, mayPass } from "./retry.ts";

export type Outgoing = Parameters<ControlPlane["report"]>[0];

/**
 * What became of a report: the server has it · the claim was lost meanwhile · the server will never take it · it lies on disk
 * and is sent when the server is back.
 */
export type Sent =
  | { outcome: "accepted"; next?: readonly Offer[] }
  | { outcome: "fenced" | "spooled" }
  | { outcome: "refused"; error: Error };

/**
 * Terminal reports on their way to the server (worker-and-tools §6.4): retried with backoff; while the server is away they
 * are kept on disk, so that neither a long outage nor the end of this process loses what was done.
 */
export interface Outbox {
  send(report: Outgoing): Promise<Sent>;
  /** Sends what lies on disk, oldest first; resolves with how many were left. */
  flush(): Promise<number>;
  /** No more patience: what cannot be sent at once goes to disk (drain). */
  hurry(): void;
  readonly spooled: number;
}

export interface OutboxOptions {
  server: ControlPlane;
  /** of this worker alone */
  folder: string;
  clock: Clock;
  random: Random;
  /** how long to try before spooling, ms */
  patienceMs: number;
  log: Log;
  /** an attempt failed and is repeated */
  retried?(): void;
}

const FIRST_MS = 100;
const LONGEST_MS = 5_000;

export async function openOutbox(options: OutboxOptions): Promise<Outbox> {
  const { folder, clock, random, log } = options;
  const names = await listed(folder);
  let spooled = names.length;
  let sequence = 0;
  let flushing: Promise<number> | undefined;
  const hurried = new AbortController();

  async function spool(report: Outgoing): Promise<void> {
    sequence += 1;
    const name = `${String(clock.now()).padStart(15, "0")}-${process.pid}-${String(sequence).padStart(6, "0")}`;
    const part = join(folder, `${name}.part`);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const file = await open(part, "wx", 0o600);
    try {
      // Whoever sends it later has room of its own.
      await file.writeFile(JSON.stringify({ ...report, next: undefined }));
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(part, join(folder, `${name}.json`));
    spooled += 1;
  }

  async function attempt(report: Outgoing): Promise<Sent | { outcome: "failed"; error: Error }> {
    try {
      const next = await options.server.at(report.hint.server_url).report(report);
      return { outcome: "accepted", next };
    } catch (thrown) {
      const error = ensureError(thrown);
      if (passes(error)) return { outcome: "failed", error };
      const { command_id, step } = report.hint;
      log.warn("the server refused a report", { command_id, step, error });
      return isNoetlError(error) && error.meaning === "conflict"
        ? { outcome: "fenced" }
        : { outcome: "refused", error };
    }
  }

  async function flush(): Promise<number> {
    const waiting = await listed(folder);
    for (const [index, name] of waiting.entries()) {
      const path = join(folder, name);
      const report = parsed(await readFile(path, "utf8"));
      if (!report) {
        log.error("a kept report cannot be read; it is set aside", { file: path });
        await rename(path, `${path}.unreadable`);
      } else {
        if ((await attempt(report)).outcome === "failed") return waiting.length - index;
        await rm(path, { force: true });
      }
      spooled -= 1;
    }
    return 0;
  }

  return {
    async send(report) {
      const until = clock.now() + options.patienceMs;
      for (let delay = FIRST_MS; ; delay = Math.min(delay * 2, LONGEST_MS)) {
        const sent = await attempt(report);
        if (sent.outcome !== "failed") return sent;
        const { error } = sent;
        const asked = isNoetlError(error) && error.after !== undefined ? error.after * 1_000 : 0;
        const wait = Math.max(jittered(delay, random), asked);
        if (hurried.signal.aborted || clock.now() + wait > until) {
          log.warn("the server does not answer; the report is kept", {
            command_id: report.hint.command_id,
            folder,
            error,
          });
          await spool(report);
          return { outcome: "spooled" };
        }
        options.retried?.();
        await clock.sleep(wait, hurried.signal).catch(ignoreHurry);
      }
    },
    flush() {
      flushing ??= flush().finally(() => {
        flushing = undefined;
      });
      return flushing;
    },
    hurry: () => hurried.abort(),
    get spooled() {
      return spooled;
    },
  };
}

/** A refused token may be mended: what was done is not thrown away for it. */
function passes(error: Error): boolean {
  return mayPass(error) || (isNoetlError(error) && error.meaning === "auth");
}

async function listed(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).filter((name) => name.endsWith(".json")).sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

function parsed(text: string): Outgoing | undefined {
  try {
    return JSON.parse(text) as Outgoing;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** The next attempt is the last one, and comes at once. */
function ignoreHurry(): void {}
