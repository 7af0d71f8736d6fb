import { createWriteStream } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { finished } from "node:stream/promises";
import { inTurns, median } from "../measure.ts";
import { type Part, sized } from "../part.ts";
import { play } from "../play.ts";
import { parallelLoop } from "../playbooks.ts";
import { nodeProgram } from "../program.ts";

interface Folded {
  events: number;
  parse: number;
  fold: number;
  peak: number;
}

/** A log of 100 000 events folded by a process that knows nothing of the run. */
export const fold: Part = {
  name: "fold",
  async run(bench) {
    const text = parallelLoop(sized(bench, 33_333, 30), 100);
    const log = join(bench.folder, "log.ndjson");
    const playbook = join(bench.folder, "fold.yaml");
    await writeFile(playbook, text);
    const stream = createWriteStream(log);
    const { events } = play(text, { take: (event) => void stream.write(`${JSON.stringify(event)}\n`) });
    stream.end();
    await finished(stream);
    const child = nodeProgram([join(bench.root, "scripts", "bench", "fold-child.ts"), log, playbook], bench.folder);
    const runs: Folded[] = [];
    let parsed = 0;
    const pairs = await inTurns(
      sized(bench, 3, 1),
      () => {
        const last = runs.at(-1);
        return last ? last.fold + last.parse : Number.NaN;
      },
      async () => {
        const found = JSON.parse((await child.start([], { cwd: bench.folder })).stdout) as Folded;
        if (found.events !== events) throw new Error(`${found.events} of ${events} events were folded`);
        runs.push(found);
        parsed = found.parse;
        return parsed;
      },
    );
    return [
      {
        name: `fold of ${events} events, reading them included`,
        unit: "ms",
        value: pairs.value,
        spread: pairs.spread,
        control: { name: "JSON.parse of the same lines", value: pairs.control },
        ratio: pairs.ratio,
        budget: 1_000,
        limit: 6,
      },
      { name: "memory of that process", unit: "MB", value: median(runs.map(({ peak }) => peak)), budget: 300 },
    ];
  },
};
