/** `npm run verify`: exactly what CI runs, in one go: format, lint with the arrows, types, tests. */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { failedSteps, STEPS } from "./verify/steps.ts";

const root = fileURLToPath(new URL("..", import.meta.url));

const failed = failedSteps(STEPS, ({ name, command }) => {
  console.log(`\n── ${name}`);
  return spawnSync(process.execPath, command, { cwd: root, stdio: "inherit" }).status;
});
console.log(failed.length > 0 ? `\nverify: FAILED (${failed.join("; ")})` : "\nverify: ok");
process.exitCode = failed.length > 0 ? 1 : 0;
