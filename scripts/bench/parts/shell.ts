import { existsSync } from "node:fs";
import { mkdtemp, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { installTools } from "../../fetch/package.ts";
import type { Figure } from "../figure.ts";
import { inTurns } from "../measure.ts";
import { runPlaybook } from "../noetl.ts";
import { type Bench, type Part, sized } from "../part.ts";
import { chain } from "../playbooks.ts";
import { run } from "../program.ts";
import { TOOLS } from "../tools.ts";

/** The binary itself, kept outside the repository: npm's `just` is a Node program around it. */
async function justBinary(): Promise<string> {
  const tools = await installTools(TOOLS);
  return join(tools, `rust-just-${process.platform}-${process.arch}`, "bin", "just");
}

function justfile(steps: number, command: string): string {
  const names = Array.from({ length: steps }, (_, at) => `s${at}`);
  const recipes = names.map((name) => `${name}:\n  ${command}\n`).join("");
  return `set shell := ["bash", "-c"]\nset quiet\nall: ${names.join(" ")}\n${recipes}`;
}

async function against(bench: Bench, just: string, command: string, steps: number) {
  const folder = await mkdtemp(join(bench.folder, "just-"));
  await writeFile(join(folder, "justfile"), justfile(steps, command));
  const playbook = chain(steps, () => `{kind: shell, cmds: ${JSON.stringify(command)}}`);
  return inTurns(
    sized(bench, 5, 1),
    async () => (await runPlaybook(bench.bundle, bench.folder, playbook)).duration,
    async () => (await run(just, ["all"], { cwd: folder })).wall,
  );
}

/** Shell steps one after the other, against a task runner that keeps no log. */
export const shell: Part = {
  name: "shell",
  async run(bench) {
    const just = process.platform === "win32" ? "" : await justBinary();
    if (!existsSync(just)) {
      bench.note(`shell: there is no just for ${process.platform}-${process.arch}`);
      return [];
    }
    const steps = sized(bench, 100, 3);
    const figures: Figure[] = [];
    for (const [what, command, limit] of [
      ["that do nothing", "true", undefined],
      ["of 20 ms", "sleep 0.02", 1.3],
    ] as const) {
      const { value, spread, control, ratio } = await against(bench, just, command, steps);
      figures.push({
        name: `${steps} shell steps ${what}`,
        unit: "ms",
        value,
        spread,
        control: { name: "just", value: control },
        ratio,
        ...(limit === undefined ? {} : { limit }),
      });
    }
    return figures;
  },
};
