import { inTurns, median } from "../measure.ts";
import { type Outcome, runPlaybook } from "../noetl.ts";
import { type Bench, type Part, sized } from "../part.ts";
import { cycle, parallelLoop } from "../playbooks.ts";
import { rawLog } from "../raw-log.ts";

const EVENTS_A_STEP = 7;
const EVENTS_AN_ITEM = 3;

async function compared(bench: Bench, text: string, rows: number) {
  const outcomes: Outcome[] = [];
  const pairs = await inTurns(
    sized(bench, 5, 1),
    async () => {
      const outcome = await runPlaybook(bench.bundle, bench.folder, text, { usage: true });
      outcomes.push(outcome);
      return outcome.duration;
    },
    () => rawLog(bench.folder, rows),
  );
  return {
    pairs,
    cpu: median(outcomes.map((outcome) => outcome.cpu)),
    peak: median(outcomes.map((outcome) => outcome.peak)),
  };
}

/** `noetl run` with its durable log: what a step and an iteration cost when their tool costs nothing. */
export const localRun: Part = {
  name: "local-run",
  async run(bench) {
    const steps = sized(bench, 2_000, 20);
    const items = sized(bench, 10_000, 20);
    // Long enough that the garbage collector has taken what it takes.
    const [some, many] = [steps * 10, steps * 50];
    const step = await compared(bench, cycle(steps), steps * EVENTS_A_STEP);
    const loop = await compared(bench, parallelLoop(items), items * EVENTS_AN_ITEM);
    const [few, longer] = [
      await runPlaybook(bench.bundle, bench.folder, cycle(some), { usage: true }),
      await runPlaybook(bench.bundle, bench.folder, cycle(many), { usage: true }),
    ];
    return [
      {
        name: "noop step",
        unit: "ms",
        value: step.pairs.value / steps,
        spread: step.pairs.spread / steps,
        control: { name: "its 7 rows into bare SQLite", value: step.pairs.control / steps },
        ratio: step.pairs.ratio,
        budget: 0.25,
        limit: 12,
        cpu: step.cpu / steps,
      },
      {
        name: `parallel loop of ${items} items`,
        unit: "ms",
        value: loop.pairs.value,
        spread: loop.pairs.spread,
        control: { name: `${items * EVENTS_AN_ITEM} rows into bare SQLite`, value: loop.pairs.control },
        ratio: loop.pairs.ratio,
        budget: 1_000,
        limit: 12,
        cpu: loop.cpu,
      },
      {
        name: `peak memory of a cycle of ${many} steps`,
        unit: "MB",
        value: longer.peak,
        control: { name: `of ${some} steps`, value: few.peak },
        ratio: longer.peak / few.peak,
        limit: 1.5,
      },
    ];
  },
};
