import { mkdir, open, readdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { type Clock, ensureError, isNoetlError, type Random } from "@noetl/core";
import type { ControlPlane } from "./control-plane.ts";

export type Outgoing = Parameters<ControlPlane["report"]>[0];

/**
 * Terminal reports on their way to the server (worker-and-tools §6.4): retried with backoff; while the server is away they
 * are kept on disk, so that neither a long outage nor the end of this process loses what was done.
 */
export interface Outbox {
  /** Resolves when the server has it (`accepted`), will never take it (`refused`), or it lies on disk (`spooled`). */
  send(report: Outgoing): Promise<"accepted" | "refused" | "spooled">;
  /** Sends what lies on disk, oldest first; resolves with how many were left. */
  flush(): Promise<number>;
  readonly spooled: number;
}

export interface OutboxOptions {
  server: ControlPlane;
  folder: string;
  clock: Clock;
  random: Random;
  /** how long to try before spooling, ms */
  patienceMs?: number;
  log(message: string): void;
}

const FIRST_MS = 100;
const LONGEST_MS = 5_000;

function passes(error: Error): boolean {
  return isNoetlError(error)
    ? error.meaning === "unavailable" || error.meaning === "timeout" || error.meaning === "retryable"
    : true;
}

export async function openOutbox(options: OutboxOptions): Promise<Outbox> {
  const { server, folder, clock, random, log } = options;
  const patience = options.patienceMs ?? 60_000;
  await mkdir(folder, { recursive: true });
  let spooled = (await readdir(folder)).filter((name) => name.endsWith(".json")).length;
  let sequence = 0;

  async function spool(report: Outgoing): Promise<void> {
    sequence += 1;
    const name = `${String(clock.now()).padStart(15, "0")}-${process.pid}-${sequence}`;
    const part = join(folder, `${name}.part`);
    const file = await open(part, "wx", 0o600);
    try {
      await file.writeFile(JSON.stringify(report));
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(part, join(folder, `${name}.json`));
    spooled += 1;
  }

  async function attempt(report: Outgoing): Promise<"accepted" | "refused" | Error> {
    try {
      await server.report(report);
      return "accepted";
    } catch (error) {
      const cause = ensureError(error);
      if (passes(cause)) return cause;
      log(`the server refused the report of ${report.hint.command_id}: ${cause.message}`);
      return "refused";
    }
  }

  return {
    async send(report) {
      const until = clock.now() + patience;
      for (let delay = FIRST_MS; ; delay = Math.min(delay * 2, LONGEST_MS)) {
        const result = await attempt(report);
        if (typeof result === "string") return result;
        if (clock.now() + delay > until) {
          log(
            `the server does not answer (${result.message}); the report of ${report.hint.command_id} is kept in ${folder}`,
          );
          await spool(report);
          return "spooled";
        }
        await clock.sleep(delay * (0.75 + random.next() / 2));
      }
    },
    async flush() {
      const names = (await readdir(folder)).filter((name) => name.endsWith(".json")).sort();
      for (const [index, name] of names.entries()) {
        const path = join(folder, name);
        const report = JSON.parse(await readFile(path, "utf8")) as Outgoing;
        const result = await attempt(report);
        if (typeof result !== "string") return names.length - index;
        await rm(path, { force: true });
        spooled -= 1;
      }
      return 0;
    },
    get spooled() {
      return spooled;
    },
  };
}
