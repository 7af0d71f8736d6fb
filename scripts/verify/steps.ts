/** One part of the verification: a script of Node with its arguments, run in the root of the repository. */
export interface Step {
  name: string;
  command: readonly [script: string, ...args: string[]];
}

export const STEPS: readonly Step[] = [
  {
    name: "format, lint, arrows",
    command: ["node_modules/@biomejs/biome/bin/biome", "ci", "--colors=off", "--error-on-warnings", "."],
  },
  { name: "types", command: ["node_modules/typescript/bin/tsc", "-p", "tsconfig.json"] },
  { name: "tests", command: ["scripts/test.ts"] },
];

/** Runs each step, whatever became of those before it; the names of those that did not end with 0. */
export function failedSteps(steps: readonly Step[], run: (step: Step) => number | null): string[] {
  return steps.filter((step) => run(step) !== 0).map(({ name }) => name);
}
