/** `node test/simulation/replay.ts SEED`: one world again, told line by line. Exit code 1 when it fails. */
import { simulate } from "./simulate.ts";

const seed = Number(process.argv[2]);
if (!Number.isInteger(seed)) {
  console.error("usage: node test/simulation/replay.ts SEED");
  process.exit(2);
}
const verdict = await simulate(seed, console.log);
console.log(verdict.failure ?? `nothing went wrong: ${verdict.events} events in ${verdict.seconds} s of virtual time`);
process.exit(verdict.failure === undefined ? 0 : 1);
