import { type EventBody, initialize, type LogEvent, openRun, type Run } from "../../packages/engine/src/index.ts";
import { parsePlaybook, planOf } from "../../packages/playbook/src/index.ts";

const START = { payload: {}, env: {}, now: 0, execution_id: "1", definition: "bench" };

export interface Played {
  run: Run;
  events: number;
  ms: number;
  /** ms of each lap */
  laps: number[];
}

/** Plays workers that answer at once to an engine without store or tools, until the run ends. `take` is given the log. */
export function play(text: string, options: { lap?: number; take?: (event: LogEvent) => void } = {}): Played {
  const { lap: length = 50_000, take } = options;
  const { playbook, diagnostics } = parsePlaybook(text, { file: "bench.yaml" });
  if (!playbook) throw new Error(diagnostics.map(({ message }) => message).join("\n"));
  const run = openRun(planOf(playbook));
  const laps: number[] = [];
  let events = 0;
  let lap = performance.now();
  const stamp = (body: EventBody): LogEvent => {
    events += 1;
    if (events % length === 0) {
      laps.push(performance.now() - lap);
      lap = performance.now();
    }
    return { ...body, event_id: String(events), execution_id: "1", seq: events, ts: events };
  };
  const report = (body: EventBody) => {
    const event = stamp(body);
    run.fold(event);
    take?.(event);
  };
  const began = performance.now();
  report(initialize(run.plan, START));
  for (;;) {
    const decided = run.advance(stamp).events;
    if (take) for (const event of decided) take(event);
    const issued = decided.filter((event) => event.type === "command.issued");
    if (issued.length === 0) break;
    for (const { step, run: number, command_id, iteration, kind } of issued) {
      run.command(command_id);
      const at = { step, run: number, command_id, ...(iteration === undefined ? {} : { iteration }) };
      const meta = { attempt: 1, duration_ms: 1, tool: kind, started_at: "" };
      report({ type: "call.done", ...at, updates: [], envelope: { status: "ok", data: { n: iteration ?? 1 }, meta } });
      report({ type: "command.completed", ...at });
    }
  }
  const ms = performance.now() - began;
  if (run.status !== "COMPLETED") throw new Error(`the run ended ${run.status}: ${JSON.stringify(run.view().error)}`);
  return { run, events, ms, laps };
}
