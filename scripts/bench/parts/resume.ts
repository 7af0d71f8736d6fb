import { mkdtemp, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Figure } from "../figure.ts";
import { inTurns, type Pairs } from "../measure.ts";
import { type Bench, type Part, sized } from "../part.ts";
import { chain, cycle } from "../playbooks.ts";

const FAILS = '{kind: shell, cmds: "exit 1"}';
const WORKS = "{kind: noop}";

/** ms of `--resume` once the last step is repaired, and of a run of one step in the same data folder. */
async function repaired(bench: Bench, playbook: (last: string) => string): Promise<Pairs> {
  const cwd = await mkdtemp(join(bench.folder, "resume-"));
  const start = (file: string, args: readonly string[] = [], exit = 0) =>
    bench.bundle.start(["run", join(cwd, file), "--json", "--quiet", ...args], {
      cwd,
      env: { NOETL_HOME: join(cwd, "home") },
      exit,
    });
  await writeFile(join(cwd, "one.yaml"), chain(1));
  await writeFile(join(cwd, "long.yaml"), playbook(FAILS));
  const { stdout } = await start("long.yaml", [], 5);
  const { execution_id } = JSON.parse(stdout) as { execution_id: string };
  await writeFile(join(cwd, "long.yaml"), playbook(WORKS));
  return inTurns(
    sized(bench, 7, 1),
    async () => (await start("long.yaml", ["--resume", execution_id])).wall,
    async () => (await start("one.yaml")).wall,
  );
}

/**
 * What `--resume` takes to read the playbook and the log, to replay it and to finish, over a run of one step: once of a
 * run that went round and round, once of a playbook so long that most of the time goes into its text.
 */
export const resume: Part = {
  name: "resume",
  async run(bench) {
    const steps = sized(bench, 1_000, 5);
    const round = await repaired(bench, (last) => cycle(steps, WORKS, last));
    const long = await repaired(bench, (last) => chain(steps, (at) => (at === steps - 1 ? last : WORKS)));
    const figure = (name: string, { value, spread, control }: Pairs): Figure => ({
      name,
      unit: "ms",
      value: value - control,
      spread,
      control: { name: "run of one step, all of it", value: control },
      ratio: value / control,
    });
    return [
      { ...figure(`resume of a run of ${steps} steps`, round), budget: 150 },
      figure(`resume of a playbook of ${steps} steps`, long),
    ];
  },
};
