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

/** What a python step costs over its code, interpreter and log. */
export const python: Part = {
  name: "python",
  async run(bench) {
    try {
      await run("python3", ["-c", ""], { cwd: bench.folder });
    } catch (error) {
      bench.note(`python: ${(error as Error).message}`);
      return [];
    }
    const steps = sized(bench, 500, 3);
    const playbook = cycle(steps, `{kind: python, code: ${JSON.stringify(CODE)}}`);
    const code: number[] = [];
    const { value, spread, control, ratio } = await inTurns(
      sized(bench, 5, 1),
      async () => (await runPlaybook(bench.bundle, bench.folder, playbook)).duration / steps,
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
    ];
  },
};
