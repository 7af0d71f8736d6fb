/**
 * `node child.ts OPTIONS`: a server with its worker under load, in a process of its own; prints one JSON document.
 * OPTIONS is JSON: `StackOptions` with the numbers of runs.
 */
import { chain } from "../playbooks.ts";
import { rawCommits } from "../raw-log.ts";
import { openLoad, runMany } from "./load.ts";
import { openStack, type StackOptions } from "./stack.ts";

export interface ChildOptions extends StackOptions {
  warm: number;
  /** one after the other */
  alone: number;
  /** as many as there are, `width` at a time */
  total: number;
  width: number;
  /** all at once */
  burst: number;
}

export interface Measured {
  /** ms of each run */
  alone: number[];
  /** ms of one durable commit of bare SQLite, measured between the runs */
  commit: number;
  perSecond: number;
  /** last report → end, ms, in the burst */
  endings: number[];
  /** listing the newest 50 executions, ms: after the first runs, and after all */
  listings: [number, number];
  executions: number;
  peak: number;
  cpu: number;
}

const LISTINGS = 100;

async function measure(options: ChildOptions): Promise<Measured> {
  const stack = await openStack(options);
  try {
    const { store } = stack;
    await store.catalog.register({ path: "bench", kind: "playbook", content: chain(2) });
    const load = openLoad(stack);
    await runMany(load, "bench", options.warm, 4);
    const listing = async () => {
      const began = performance.now();
      for (let time = 0; time < LISTINGS; time++) await store.executions.list({ limit: 50 });
      return (performance.now() - began) / LISTINGS;
    };
    const first = await listing();
    const alone: number[] = [];
    const commits: number[] = [];
    for (let run = 0; run < options.alone; run++) {
      alone.push(await load.run("bench"));
      if (run % 10 === 0) commits.push(rawCommits(options.folder, 10) / 10);
    }
    const began = performance.now();
    await runMany(load, "bench", options.total, options.width);
    const perSecond = (options.total * 1_000) / (performance.now() - began);
    load.endings();
    await runMany(load, "bench", options.burst, options.burst);
    const endings = load.endings();
    const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
    return {
      alone,
      commit: commits.reduce((sum, each) => sum + each, 0) / commits.length,
      perSecond,
      endings,
      listings: [first, await listing()],
      executions: options.warm + options.alone + options.total + options.burst,
      peak: maxRSS / 1_024,
      cpu: (userCPUTime + systemCPUTime) / 1_000,
    };
  } finally {
    await stack.close();
  }
}

console.log(JSON.stringify(await measure(JSON.parse(process.argv[2] ?? "{}") as ChildOptions)));
