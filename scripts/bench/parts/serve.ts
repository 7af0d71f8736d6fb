import { mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import type { Figure } from "../figure.ts";
import { inTurns, median } from "../measure.ts";
import { type Bench, type Part, sized } from "../part.ts";
import { chain, cycle } from "../playbooks.ts";
import { nodeProgram } from "../program.ts";
import { serve } from "../server/served.ts";

const content = chain(2);

/** From an empty folder to the first run that is accepted, ms. */
async function firstRun(script: readonly string[], folder: string, peaks: number[]): Promise<number> {
  const began = performance.now();
  const server = await serve(script, await mkdtemp(join(folder, "home-")));
  try {
    await server.post("/api/catalog/register", { content });
    await server.post("/api/execute", { path: "bench" });
    const took = performance.now() - began;
    peaks.push(await server.peak());
    return took;
  } finally {
    await server.kill("SIGTERM");
  }
}

/** Open runs are left behind by kill -9; ms until the next server answers, all of them still there. */
async function again(script: readonly string[], bench: Bench, open: number): Promise<number[]> {
  const home = await mkdtemp(join(bench.folder, "home-"));
  const first = await serve(script, home);
  await first.post("/api/catalog/register", { content });
  const executions = Array.from({ length: open }, () => ({ path: "bench" }));
  await first.post("/api/execute/batch", { executions });
  await first.kill("SIGKILL");
  const times: number[] = [];
  for (let round = 0; round < sized(bench, 5, 1); round++) {
    const next = await serve(script, home);
    times.push(next.ready);
    await next.kill("SIGKILL");
  }
  return times;
}

/** Most memory of a server with its worker while so many steps give a megabyte each, MB. */
async function large(script: readonly string[], folder: string, steps: number): Promise<number> {
  const server = await serve(script, await mkdtemp(join(folder, "home-")), ["--with-worker"]);
  try {
    await server.post("/api/catalog/register", {
      content: cycle(steps, `{kind: noop, result: "{{ 'x' * 1048576 }}"}`),
    });
    const { execution_id } = await server.post("/api/execute", { path: "bench" });
    for (;;) {
      const { completed, status } = await server.get(`/api/executions/${execution_id}/status`);
      if (status === "COMPLETED") return await server.peak();
      if (completed === true) throw new Error(`the run ended ${status}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  } finally {
    await server.kill("SIGTERM");
  }
}

/** A server from the bundle, as people start it. */
export const serving: Part = {
  name: "serve",
  async run(bench) {
    const script = bench.bundled;
    const nothing = nodeProgram(["-e", "0"], bench.folder);
    const peaks: number[] = [];
    const first = await inTurns(
      sized(bench, 9, 1),
      () => firstRun(script, bench.folder, peaks),
      async () => (await nothing.start([], { cwd: bench.folder })).wall,
    );
    const open = sized(bench, 1_000, 3);
    const restarts = await again(script, bench, open);
    const steps = sized(bench, 1_000, 2);
    const figures: Figure[] = [
      {
        name: "server, from an empty folder to the first run",
        unit: "ms",
        value: first.value,
        spread: first.spread,
        control: { name: "node -e 0", value: first.control },
        ratio: first.ratio,
        budget: 400,
      },
      { name: "server, memory at its first run", unit: "MB", value: median(peaks), budget: 110 },
      {
        name: `server, ready after kill -9 with ${open} open runs`,
        unit: "ms",
        value: median(restarts),
        control: { name: "node -e 0", value: first.control },
        ratio: median(restarts) / first.control,
        budget: 1_000,
      },
      {
        name: `server and worker, memory of ${steps} steps with 1 MB of result each`,
        unit: "MB",
        value: await large(script, bench.folder, steps),
        budget: 250,
      },
    ];
    return figures.filter(({ unit, value }) => unit !== "MB" || value > 0);
  },
};
