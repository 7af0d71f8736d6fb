import { existsSync } from "node:fs";
import { mkdtemp, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { installTools } from "../../fetch/package.ts";
import { type Figure, missing } from "../figure.ts";
import { inTurns, median } from "../measure.ts";
import { runPlaybook } from "../noetl.ts";
import { type Bench, type Part, sized } from "../part.ts";
import { chain } from "../playbooks.ts";
import { run } from "../program.ts";
import { whyNotInstalled } from "../reason.ts";
import { TOOLS } from "../tools.ts";

/** A runner of lines that takes longer than this many bare starts of bash measures something of its machine. */
const STRANGE = 3;

/** The binary itself, kept outside the repository: npm's `just` is a Node program around it. */
async function justBinary(): Promise<string> {
  const tools = await installTools(TOOLS);
  const binary = join(tools, `rust-just-${process.platform}-${process.arch}`, "bin", "just");
  if (!existsSync(binary)) throw new Error(`there is no just for ${process.platform}-${process.arch}`);
  return binary;
}

/** One recipe: just starts a shell for each of its lines, as a step does. */
function justfile(steps: number, command: string): string {
  return `set shell := ["bash", "-c"]\nset quiet\nall:\n${`  ${command}\n`.repeat(steps)}`;
}

async function against(bench: Bench, just: string, command: string, steps: number) {
  const folder = await mkdtemp(join(bench.folder, "just-"));
  await writeFile(join(folder, "justfile"), justfile(steps, command));
  const playbook = chain(steps, () => `{kind: shell, cmds: ${JSON.stringify(command)}}`);
  const loop = `for ((at = 0; at < ${steps}; at++)); do bash -c '${command}'; done`;
  const bare: number[] = [];
  const pairs = await inTurns(
    sized(bench, 5, 1),
    async () => (await runPlaybook(bench.bundle, bench.folder, playbook)).duration,
    async () => {
      bare.push((await run("bash", ["-c", loop], { cwd: folder })).wall);
      return (await run(just, ["--no-dotenv", "all"], { cwd: folder })).wall;
    },
  );
  return { ...pairs, bare: median(bare) };
}

/** Shell steps one after the other, against a task runner that keeps no log, and against bash alone. */
export const shell: Part = {
  name: "shell",
  async run(bench) {
    const steps = sized(bench, 100, 3);
    if (process.platform === "win32") {
      bench.note("shell: measured with bash, not on Windows");
      return [];
    }
    let just: string;
    try {
      just = await justBinary();
    } catch (error) {
      bench.note(`shell: ${whyNotInstalled(error)}`);
      return [missing(`${steps} shell steps`, "ms", "no just")];
    }
    const figures: Figure[] = [];
    for (const [what, command, limit] of [
      ["that do nothing", "true", undefined],
      ["of 20 ms", "sleep 0.02", 1.3],
    ] as const) {
      const { value, spread, control, ratio, bare } = await against(bench, just, command, steps);
      const valid = control < STRANGE * bare;
      if (!valid) {
        bench.note(
          `shell: just took ${Math.round(control)} ms for lines ${what} that bash alone runs in ${Math.round(bare)} ms, so no ratio is given`,
        );
      }
      figures.push(
        {
          name: `${steps} shell steps ${what}`,
          unit: "ms",
          value,
          spread,
          control: { name: `just, a recipe of ${steps} lines`, value: control },
          ...(valid ? { ratio } : {}),
          ...(limit === undefined || !valid ? {} : { limit }),
        },
        { name: `${steps} starts of bash ${what}, by bash alone`, unit: "ms", value: bare },
      );
    }
    return figures;
  },
};
