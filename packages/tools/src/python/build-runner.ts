import { readFileSync, writeFileSync } from "node:fs";

/*
 * Python files → src/python/runner-source.ts, so that the bundle needs no file beside it.
 * Run after a change: node packages/tools/src/python/build-runner.ts (a test fails while they differ).
 */

const ORDER = ["channel", "values", "names", "program", "call", "surroundings", "serve"];
const target = new URL("./runner-source.ts", import.meta.url);

/** The parts share one namespace, in this order. */
export function runnerModule(): string {
  const parts = ORDER.map((name) => readFileSync(new URL(`./runner/${name}.py`, import.meta.url), "utf8"));
  const escaped = parts.join("\n\n").replace(/[\\`]|\$(?=\{)/g, "\\$&");
  return `// Generated from runner/*.py by build-runner.ts. Do not edit.\nexport const RUNNER = \`${escaped}\`;\n`;
}

if (import.meta.main) writeFileSync(target, runnerModule());
