import type { Figure } from "../figure.ts";
import { type Part, sized } from "../part.ts";
import { play } from "../play.ts";
import { chain, cycle, fan, parallelLoop } from "../playbooks.ts";

/** The pure engine alone, deciding and folding; the end of a long run must cost what its beginning did. */
export const engine: Part = {
  name: "engine",
  async run(bench) {
    const lap = sized(bench, 20_000, 20);
    const shapes = [
      ["cycle", cycle(sized(bench, 20_000, 20))],
      ["loop", parallelLoop(sized(bench, 60_000, 50), 100)],
      ["chain", chain(sized(bench, 10_000, 20))],
      ["fan", fan(sized(bench, 3_000, 20))],
    ] as const;
    return shapes.map(([name, text]): Figure => {
      const { events, ms, laps } = play(text, { lap });
      // The first lap compiles. The fastest of a few, because a lap that something else interrupted says nothing.
      const early = Math.min(...laps.slice(1, 4), ms);
      const late = Math.min(...laps.slice(-3), ms);
      return {
        name: `engine, ${name} of ${events} events: an event`,
        unit: "µs",
        value: (ms / events) * 1_000,
        control: { name: "late laps ÷ early ones", value: late / early },
        ratio: late / early,
        limit: 2,
      };
    });
  },
};
