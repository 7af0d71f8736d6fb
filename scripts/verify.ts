/** `npm run verify`: exactly what CI runs, in one go: format, lint with the arrows, types, tests. */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const STEPS: readonly (readonly [string, ...string[]])[] = [
  ["format, lint, arrows", "node_modules/@biomejs/biome/bin/biome", "ci", "--colors=off", "--error-on-warnings", "."],
  ["types", "node_modules/typescript/bin/tsc", "-p", "tsconfig.json"],
  ["tests", "scripts/test.ts"],
];

const failed = STEPS.filter(([name, ...command]) => {
  console.log(`\n── ${name}`);
  return spawnSync(process.execPath, command, { cwd: root, stdio: "inherit" }).status !== 0;
}).map(([name]) => name);
console.log(failed.length > 0 ? `\nverify: FAILED (${failed.join("; ")})` : "\nverify: ok");
process.exitCode = failed.length > 0 ? 1 : 0;
