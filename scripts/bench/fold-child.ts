/** `node fold-child.ts LOG PLAYBOOK`: folds a log from disk as a server does that takes over a run; prints what it cost. */
import { createReadStream, readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { type LogEvent, openRun } from "../../packages/engine/src/index.ts";
import { parsePlaybook, planOf } from "../../packages/playbook/src/index.ts";

const [log = "", file = ""] = process.argv.slice(2);
const { playbook } = parsePlaybook(readFileSync(file, "utf8"), { file });
if (!playbook) throw new Error(`${file} is not valid`);
const run = openRun(planOf(playbook));
const base = process.resourceUsage().maxRSS / 1024;
let parse = 0;
let fold = 0;
for await (const line of createInterface({ input: createReadStream(log) })) {
  const began = performance.now();
  const event = JSON.parse(line) as LogEvent;
  const parsed = performance.now();
  run.fold(event);
  parse += parsed - began;
  fold += performance.now() - parsed;
}
const peak = process.resourceUsage().maxRSS / 1024;
console.log(JSON.stringify({ events: run.seq, status: run.status, parse, fold, base, peak }));
