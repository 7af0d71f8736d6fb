/** `node test/simulation/worlds.ts FIRST COUNT`: a line of JSON for each world that failed, then one that sums up. */
import { simulate } from "./simulate.ts";

const [first = 1, count = 1] = process.argv.slice(2).map(Number);
let events = 0;
let seconds = 0;
for (let seed = first; seed < first + count; seed++) {
  const verdict = await simulate(seed);
  events += verdict.events;
  seconds += verdict.seconds;
  if (verdict.failure !== undefined) console.log(JSON.stringify({ seed, failure: verdict.failure }));
}
console.log(JSON.stringify({ events, seconds: Math.round(seconds) }));
// Timers of dead processes are left behind.
process.exit(0);
