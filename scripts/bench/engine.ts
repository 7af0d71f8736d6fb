/**
 * What the engine costs, without tools or a store: events folded and decided a second, bytes kept.
 * Budget: 100 000 events folded in 1 s and 300 MB; the same cost an event at the end of a run as at its start.
 */
import { type EventBody, initialize, type LogEvent, openRun, type Run } from "../../packages/engine/src/index.ts";
import { parsePlaybook, planOf } from "../../packages/playbook/src/index.ts";

const START = { payload: {}, env: {}, now: 0, execution_id: "1", definition: "bench" };

/** Plays a worker that answers at once; returns the log. `keep` false: only counts, as a long-lived server would. */
function drive(text: string, keep: boolean): { run: Run; log: LogEvent[]; count: number; ms: number; laps: number[] } {
  const { playbook, diagnostics } = parsePlaybook(text, { file: "bench.yaml" });
  if (!playbook) throw new Error(diagnostics.map(({ message }) => message).join("\n"));
  const run = openRun(planOf(playbook));
  const log: LogEvent[] = [];
  const laps: number[] = [];
  let count = 0;
  let lap = performance.now();
  const stamp = (body: EventBody): LogEvent => {
    count += 1;
    if (count % 50_000 === 0) {
      laps.push(performance.now() - lap);
      lap = performance.now();
    }
    return { ...body, event_id: String(count), execution_id: "1", seq: count, ts: count };
  };
  const take = (event: LogEvent) => {
    if (keep) log.push(event);
  };
  const report = (body: EventBody) => {
    const event = stamp(body);
    run.fold(event);
    take(event);
  };
  const began = performance.now();
  report(initialize(run.plan, START));
  for (;;) {
    const { events } = run.advance(stamp);
    for (const event of events) take(event);
    const issued = events.filter((event) => event.type === "command.issued");
    if (issued.length === 0) break;
    for (const { step, run: number, command_id, iteration, kind } of issued) {
      run.command(command_id);
      const at = { step, run: number, command_id, ...(iteration === undefined ? {} : { iteration }) };
      const meta = { attempt: 1, duration_ms: 1, tool: kind, started_at: "" };
      report({ type: "call.done", ...at, updates: [], envelope: { status: "ok", data: { n: iteration ?? 1 }, meta } });
      report({ type: "command.completed", ...at });
    }
  }
  return { run, log, count, ms: performance.now() - began, laps };
}

function show(name: string, text: string): void {
  const { log, count, ms, run } = drive(text, true);
  if (run.status !== "COMPLETED") throw new Error(`${name} ended ${run.status}: ${JSON.stringify(run.view().error)}`);
  globalThis.gc?.();
  const before = process.memoryUsage().heapUsed;
  const again = openRun(run.plan);
  const began = performance.now();
  for (const event of log) again.fold(event);
  const folded = performance.now() - began;
  globalThis.gc?.();
  const kept = (process.memoryUsage().heapUsed - before) / 2 ** 20;
  // Both are still held here, or their memory would count as gained.
  if (again.seq !== log.length || run.seq !== again.seq) throw new Error(`${name}: the log was not folded whole`);
  const { laps } = drive(text, false);
  const [first = 0] = laps;
  const last = laps.at(-1) ?? 0;
  console.log(
    `${name.padEnd(28)} ${String(count).padStart(7)} events  decide+fold ${((ms / count) * 1_000).toFixed(1).padStart(6)} µs` +
      `  fold ${((folded / count) * 1_000).toFixed(2).padStart(6)} µs = ${((folded / count) * 100_000).toFixed(0).padStart(4)} ms/100k` +
      `  state ${kept.toFixed(1).padStart(6)} MB  last lap/first ${first === 0 ? "-" : (last / first).toFixed(2)}`,
  );
}

const head = `apiVersion: noetl.io/v2
kind: Playbook
metadata: {name: bench, path: bench}
`;

show(
  "cycle of 30 000 runs",
  `${head}workflow:
  - step: start
    tool: {kind: noop}
    set: {ctx.n: "{{ (ctx.n | default(0)) + 1 }}"}
    next: {arcs: [{step: start, when: "{{ ctx.n < 30000 }}"}, {step: end}]}
  - {step: end, tool: {kind: noop}}
`,
);
show(
  "loop of 100 000 items",
  `${head}workflow:
  - step: start
    loop: {in: "{{ 100000 }}", iterator: x, spec: {mode: parallel, max_in_flight: 100}}
    tool: {kind: noop}
`,
);
const wide = Array.from({ length: 3_000 }, (_, at) => `b${at}`);
show(
  "3 000 branches into a join",
  `${head}workflow:
  - step: start
    tool: {kind: noop}
    next: {spec: {mode: inclusive}, arcs: [${wide.map((name) => `{step: ${name}}`).join(", ")}]}
${wide.map((name) => `  - {step: ${name}, tool: {kind: noop}, next: {arcs: [{step: ${name}x}]}}`).join("\n")}
${wide.map((name) => `  - {step: ${name}x, tool: {kind: noop}, next: {arcs: [{step: join}]}}`).join("\n")}
  - {step: join, tool: {kind: noop}}
`,
);
const chain = Array.from({ length: 10_000 }, (_, at) => at);
show(
  "chain of 10 000 steps",
  `${head}workflow:
${chain.map((at) => `  - {step: s${at}, tool: {kind: noop}, next: {arcs: [{step: ${at === 9_999 ? "end" : `s${at + 1}`}}]}}`).join("\n")}
`,
);
console.log(`peak resident set ${(process.resourceUsage().maxRSS / 1_024).toFixed(0)} MB`);
