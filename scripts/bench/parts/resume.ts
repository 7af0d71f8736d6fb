import { mkdtemp, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { inTurns } from "../measure.ts";
import { type Part, sized } from "../part.ts";
import { chain } from "../playbooks.ts";

/**
 * A run whose last step failed, repaired: what `--resume` takes to read the playbook and the log, to replay it and to
 * finish. The same program running one step is what it would take anyway.
 */
export const resume: Part = {
  name: "resume",
  async run(bench) {
    const steps = sized(bench, 1_000, 5);
    const text = (last: string) => chain(steps, (at) => (at === steps - 1 ? last : "{kind: noop}"));
    const cwd = await mkdtemp(join(bench.folder, "resume-"));
    const start = (file: string, args: readonly string[] = [], exit = 0) =>
      bench.bundle.start(["run", join(cwd, file), "--json", "--quiet", ...args], {
        cwd,
        env: { NOETL_HOME: join(cwd, "home") },
        exit,
      });
    await writeFile(join(cwd, "one.yaml"), chain(1));
    await writeFile(join(cwd, "long.yaml"), text('{kind: shell, cmds: "exit 1"}'));
    const { stdout } = await start("long.yaml", [], 5);
    const { execution_id } = JSON.parse(stdout) as { execution_id: string };
    await writeFile(join(cwd, "long.yaml"), text("{kind: noop}"));
    const { value, spread, control } = await inTurns(
      sized(bench, 7, 1),
      async () => (await start("long.yaml", ["--resume", execution_id])).wall,
      async () => (await start("one.yaml")).wall,
    );
    return [
      {
        name: `resume of a run of ${steps} steps, over a run of one`,
        unit: "ms",
        value: value - control,
        spread,
        control: { name: "run of one step, all of it", value: control },
        ratio: value / control,
        budget: 150,
      },
    ];
  },
};
