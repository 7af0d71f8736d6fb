import { inTurns, median } from "../measure.ts";
import { runPlaybook } from "../noetl.ts";
import { type Part, sized } from "../part.ts";
import { cycle } from "../playbooks.ts";
import { run } from "../program.ts";
import { rawCommits } from "../raw-log.ts";

const CODE = "result = {'n': sum(range(1000))}";

/** The same code as often in one interpreter, compiled and with a fresh namespace each time, as a step has it; prints ms. */
const LOOP = `
import sys, time
began = time.perf_counter()
for _ in range(int(sys.argv[1])):
    names = {}
    exec(compile(sys.argv[2], 'step', 'exec'), names)
print((time.perf_counter() - began) * 1000)
`;

/** What a python step costs over its code, interpreter and log; the start of the interpreter, once in a run, is a row of its own. */
export const python: Part = {
  name: "python",
  async run(bench) {
    try {
      await run("python3", ["-c", ""], { cwd: bench.folder });
    } catch (error) {
      bench.note(`python: ${(error as Error).message}`);
      return [];
    }
    const steps = sized(bench, 1_000, 3);
    const playbook = (count: number) => cycle(count, `{kind: python, code: ${JSON.stringify(CODE)}}`);
    const duration = async (count: number) => (await runPlaybook(bench.bundle, bench.folder, playbook(count))).duration;
    const code: number[] = [];
    const firsts: number[] = [];
    const bare: number[] = [];
    const { value, spread, control, ratio } = await inTurns(
      sized(bench, 5, 1),
      async () => {
        const first = await duration(1);
        firsts.push(first);
        bare.push((await run("python3", ["-c", ""], { cwd: bench.folder })).wall);
        return ((await duration(steps + 1)) - first) / steps;
      },
      async () => {
        const { stdout } = await run("python3", ["-c", LOOP, String(steps), CODE], { cwd: bench.folder });
        code.push(Number(stdout) / steps);
        return Number(stdout) / steps + rawCommits(bench.folder, steps) / steps;
      },
    );
    return [
      {
        name: "python step, over its code",
        unit: "ms",
        value: value - median(code),
        spread,
        control: { name: "the code and a durable commit", value: control },
        ratio,
        budget: 1,
      },
      {
        name: "run of one python step, with the start of its interpreter",
        unit: "ms",
        value: median(firsts),
        control: { name: "python3 -c ''", value: median(bare) },
        ratio: median(firsts) / median(bare),
      },
    ];
  },
};
