import { rm } from "node:fs/promises";
import { setTimeout } from "node:timers/promises";
import { type spawnGuarded, waitForOutput } from "./guarded.ts";

/** A service that a test kills and starts again over the same folder. */
export interface Mortal {
  /** kill -9, and until it is gone */
  kill(): Promise<void>;
  /** Resolves when it serves again. */
  revive(): Promise<void>;
  /** For good. */
  close(): Promise<void>;
}

/** How long what a killed one left behind may be in the way of the next one, ms. */
const PATIENCE_MS = 30_000;

export async function mortal(
  launch: () => ReturnType<typeof spawnGuarded>,
  ready: RegExp,
  folder: string,
): Promise<Mortal> {
  let running: ReturnType<typeof spawnGuarded> | undefined;
  const service: Mortal = {
    async kill() {
      await running?.stop();
      running = undefined;
    },
    async revive() {
      for (const end = Date.now() + PATIENCE_MS; ; await setTimeout(100)) {
        running = launch();
        try {
          await waitForOutput(running.child, ready, PATIENCE_MS);
          return;
        } catch (error) {
          await service.kill();
          if (Date.now() > end) throw error;
        }
      }
    },
    async close() {
      await service.kill();
      await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
    },
  };
  await service.revive();
  return service;
}
