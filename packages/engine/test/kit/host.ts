import type { ErrorInfo, Json } from "@noetl/core";
import type { Plan } from "@noetl/playbook";
import type { Envelope, ResultRef } from "@noetl/scope";
import {
  type Command,
  type CtxEntry,
  type EventBody,
  type InitializeOptions,
  initialize,
  type LogEvent,
  openRun,
  type Run,
  type Wait,
} from "../../src/index.ts";

/** What a call comes to in a test. */
export interface Answer {
  data?: Json;
  ref?: ResultRef;
  status?: Envelope["status"];
  error?: Partial<ErrorInfo>;
  updates?: CtxEntry[];
  park?: Wait;
  parts?: Answer[];
  frame?: { claimed: number; success: number; failed: number; results?: Json[] };
  /** the worker dies */
  lost?: true;
  /** no answer, ever */
  hang?: true;
  /** reported again after it was reported */
  twice?: true;
}

export interface HostOptions {
  behave?: (command: Command) => Answer | undefined;
  /** which of the outstanding reports comes next: the smallest rank */
  rank?: (key: string) => number;
  child?: (wait: Wait, commandId: string) => Partial<Extract<EventBody, { type: "child.completed" }>>;
  bodies?: { [ref: string]: Json };
  /** asked before every report */
  interrupt?: (run: Run, events: readonly LogEvent[]) => EventBody | undefined;
  start?: Partial<InitializeOptions>;
}

export interface Ended {
  run: Run;
  events: LogEvent[];
  /** every command that was handed out, by `command_id/attempt` */
  issued: string[];
}

/** Folds `prefix` and plays the host until nothing can happen any more: no clock, no chance, no I/O. */
export function play(plan: Plan, options: HostOptions = {}, prefix: readonly LogEvent[] = []): Ended {
  const run = openRun(plan);
  const events: LogEvent[] = [];
  const answers = new Map<string, Answer>();
  let now = 1_000_000;
  const stamp = (body: EventBody): LogEvent => {
    const seq = events.length + 1;
    now += 1;
    return { ...body, event_id: `e${seq}`, execution_id: "x1", seq, ts: now };
  };
  const append = (body: EventBody) => {
    const event = stamp(body);
    events.push(event);
    run.fold(event);
  };
  for (const event of prefix) {
    events.push(event);
    run.fold(event);
    now = event.ts;
  }
  if (events.length === 0) append(initialize(plan, startOf(options)));
  for (;;) {
    decide(run, stamp, events, options);
    if (run.status !== "RUNNING" && run.status !== "CANCELLING" && run.status !== "PENDING") break;
    // A worker's report is one transaction: nothing comes between its two events.
    const between = run.pending().some(({ reported }) => reported !== undefined);
    const interrupt = between ? undefined : options.interrupt?.(run, events);
    if (interrupt) {
      append(interrupt);
      continue;
    }
    const next = outstanding(run, options, answers);
    if (next) {
      for (const body of next) append(body);
      continue;
    }
    const timer = run.nextTimer();
    if (timer === undefined) break;
    now = Math.max(now, timer.at);
    append({ type: "timer.fired", timer: timer.timer });
  }
  const issued = events.flatMap((event) =>
    event.type === "command.issued" ? [`${event.command_id}/${event.attempt}`] : [],
  );
  return { run, events, issued };
}

function startOf(options: HostOptions): InitializeOptions {
  return { payload: {}, env: {}, now: 1_000_000, execution_id: "x1", definition: "d", ...options.start };
}

function decide(run: Run, stamp: (body: EventBody) => LogEvent, log: LogEvent[], options: HostOptions): void {
  for (;;) {
    const { events, need } = run.advance((body) => {
      const event = stamp(body);
      log.push(event);
      return event;
    });
    if (events.length > 0 && log.at(-1) !== events.at(-1)) throw new Error("advance returned what it did not stamp");
    if (need.length === 0) return;
    for (const ref of need) {
      const body = options.bodies?.[ref];
      if (body === undefined) run.missing(ref, "not stored");
      else run.provide(ref, body);
    }
  }
}

/** The report that comes next, whole: a worker reports outcome and end together. */
function outstanding(run: Run, options: HostOptions, answers: Map<string, Answer>): EventBody[] | undefined {
  const rank = options.rank ?? (() => 0);
  let best: { rank: number; make: () => EventBody[] } | undefined;
  const offer = (key: string, make: () => EventBody[]) => {
    const mine = rank(key);
    if (best === undefined || mine < best.rank) best = { rank: mine, make };
  };
  for (const pending of run.pending()) {
    const { command_id: id, step, run: number, attempt, iteration, stop, reported } = pending;
    const at = { step, run: number, command_id: id, ...(iteration === undefined ? {} : { iteration }) };
    if (reported) return [{ type: reported === "done" ? "command.completed" : "command.failed", ...at }];
    const command = run.command(id);
    if (command === undefined) throw new Error(`pending ${id} has no command`);
    const answer = answers.get(`${id}/${attempt}`) ?? options.behave?.(command) ?? {};
    answers.set(`${id}/${attempt}`, answer);
    if (answer.hang) continue;
    if (stop) offer(`${id}/${attempt}`, () => [{ type: "command.cancelled", ...at }]);
    else offer(`${id}/${attempt}`, () => reportOf(at, answer));
  }
  for (const { command_id: id, step, run: number, wait, child, stop } of run.waiting()) {
    const at = { step, run: number, command_id: id };
    if (wait.kind === "callback" && wait.info.answer !== undefined) {
      const data = wait.info.answer;
      offer(`${id}/callback`, () => [{ type: "call.done", ...at, updates: [], envelope: envelope({ data }) }]);
    }
    if (wait.kind !== "child") continue;
    const path = wait.path ?? "";
    const given = options.child?.(wait, id);
    if (child === undefined && given?.child_execution_id !== null && !stop) {
      offer(`${id}/start`, () => [{ type: "child.started", ...at, child_execution_id: `c-${id}`, path }]);
    } else {
      const status = stop ? ("CANCELLED" as const) : ("COMPLETED" as const);
      const done = { child_execution_id: child ?? null, path, status, result: { data: null } };
      offer(`${id}/end`, () => [{ type: "child.completed", ...at, ...done, ...given }]);
    }
  }
  return best?.make();
}

type At = { step: string; run: number; command_id: string; iteration?: number };

export function reportOf(at: At, answer: Answer): EventBody[] {
  const updates = answer.updates ?? [];
  if (answer.lost) return [{ type: "command.lost", ...at }];
  if (answer.park) {
    return [
      { type: "call.parked", ...at, updates, wait: answer.park, state: { task: 0 } },
      { type: "command.completed", ...at, pending_callback: true },
    ];
  }
  const rest = {
    updates,
    ...(answer.parts ? { parts: answer.parts.map(envelope) } : {}),
    ...(answer.frame ? { frame: answer.frame } : {}),
  };
  const made = envelope(answer);
  const { error } = made;
  const report: EventBody[] =
    error === undefined
      ? [
          { type: "call.done", ...at, ...rest, envelope: made },
          { type: "command.completed", ...at },
        ]
      : [
          { type: "call.error", ...at, ...rest, envelope: { ...made, error } },
          { type: "command.failed", ...at },
        ];
  return answer.twice ? [...report, ...report] : report;
}

function envelope(answer: Answer): Envelope {
  const { error } = answer;
  return {
    status: error ? "error" : (answer.status ?? "ok"),
    data: answer.data ?? null,
    ...(answer.ref ? { ref: answer.ref } : {}),
    ...(error ? { error: { kind: "unknown", retryable: false, message: "it failed", ...error } } : {}),
    meta: { attempt: 1, duration_ms: 0, tool: "noop", started_at: "" },
  };
}
