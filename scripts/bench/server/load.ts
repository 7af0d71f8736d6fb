import type { JsonObject } from "../../../packages/core/src/index.ts";
import type { Stack } from "./stack.ts";

const ENDS: ReadonlySet<string> = new Set(["playbook.completed", "playbook.failed", "execution.cancelled"]);

export interface Load {
  /** Starts a run; resolves with ms from there to its durable end. Rejects when the run does not complete. */
  run(path: string): Promise<number>;
  /** ms from the report of a run's last step to its durable end, of every run since the last call */
  endings(): number[];
}

/** Runs on a stack, seen from inside its server, so that no client is measured. */
export function openLoad({ server }: Stack): Load {
  const reported = new Map<string, number>();
  let endings: number[] = [];
  const { ingest } = server.context;
  const take = ingest.take;
  ingest.take = (input) => {
    reported.set(input.execution_id, performance.now());
    return take(input);
  };

  return {
    async run(path) {
      const began = performance.now();
      const { execution_id } = await server.runs.start({ path, payload: {} as JsonObject });
      return new Promise((resolve, reject) => {
        const stop = server.runs.watchers.watch(execution_id, (events) => {
          const end = events.find((event) => ENDS.has(event.type));
          if (!end) return;
          stop();
          const now = performance.now();
          endings.push(now - (reported.get(execution_id) ?? now));
          reported.delete(execution_id);
          if (end.type === "playbook.completed") resolve(now - began);
          else reject(new Error(`run ${execution_id} ended with ${end.type}`));
        });
      });
    },
    endings() {
      const found = endings;
      endings = [];
      return found;
    },
  };
}

/** `total` runs, `width` of them at one time; ms of each. */
export async function runMany(load: Load, path: string, total: number, width: number): Promise<number[]> {
  const times: number[] = [];
  let left = total;
  const lane = async () => {
    while (left-- > 0) times.push(await load.run(path));
  };
  await Promise.all(Array.from({ length: width }, lane));
  return times;
}
