import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Figure } from "../figure.ts";
import { inTurns } from "../measure.ts";
import { type Part, sized } from "../part.ts";
import { chain } from "../playbooks.ts";
import { nodeProgram } from "../program.ts";

/** Whole processes, from nothing to their end, against a Node that does nothing. */
export const startUp: Part = {
  name: "start-up",
  async run(bench) {
    const file = join(bench.folder, "one.yaml");
    await writeFile(file, chain(1));
    const nothing = nodeProgram(["-e", "0"], bench.folder);
    const env = { NOETL_HOME: join(bench.folder, "home") };
    const wall = async (program: typeof nothing, args: readonly string[]) =>
      (await program.start(args, { cwd: bench.folder, env })).wall;
    const commands = [
      ["--version", ["--version"], 3],
      ["--help", ["--help"], 3],
      ["validate", ["validate", file], undefined],
      ["runs", ["runs"], undefined],
      ["run, one step", ["run", file, "--quiet"], undefined],
    ] as const;
    const figures: Figure[] = [];
    for (const [from, program] of [
      ["bundle", bench.bundle],
      ["source", bench.source],
    ] as const) {
      for (const [name, args, limit] of bench.small ? commands.slice(0, 1) : commands) {
        const { value, spread, control, ratio } = await inTurns(
          sized(bench, 9, 1),
          () => wall(program, args),
          () => wall(nothing, []),
        );
        figures.push({
          name: `start-up, ${from}: ${name}`,
          unit: "ms",
          value,
          spread,
          control: { name: "node -e 0", value: control },
          ratio,
          ...(limit === undefined || from === "source" ? {} : { limit }),
        });
      }
    }
    return figures;
  },
};
