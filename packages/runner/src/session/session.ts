import { ensureError, type Json } from "@noetl/core";
import {
  type CallDone,
  type CallError,
  type CallParked,
  type Command,
  type EventBody,
  type LogEvent,
  openRun,
  type PlaybookInitialized,
  type Run,
  unclosed,
} from "@noetl/engine";
import { runCommand } from "@noetl/pipeline";
import type { Loaded } from "../load.ts";
import type { RunInfo } from "../options.ts";
import { prefixOf, type Resumed } from "../resume/prefix.ts";
import { type ChildRuns, childRuns } from "./children.ts";
import { openJournal } from "./journal.ts";
import { pipelineHost, type Shared } from "./shared.ts";

type Issued = Extract<EventBody, { type: "command.issued" }>;

/** One run in this process, from its first event to its last. */
export interface Session {
  readonly run: Run;
  readonly info: RunInfo;
  /** Resolves when the terminal event is durable. Rejects only when the log cannot be written. */
  drive(): Promise<void>;
  cancel(reason: string): void;
}

export interface SessionOptions {
  shared: Shared;
  loaded: Loaded;
  executionId: string;
  initialized: PlaybookInitialized;
  /** the run that it goes on from */
  resumed?: Resumed;
}

/**
 * The local host (architecture §2): decide, make durable, run, report, decide again. States of the loop: *deciding*
 * (advance until the engine has nothing to say), *dispatching* (start what was issued), *waiting* (a report, a timer or a
 * cancel wakes it), *ended* (terminal event durable, nothing in flight).
 */
export function openSession(options: SessionOptions): Session {
  const { shared, loaded, executionId, initialized, resumed } = options;
  const memo = resumed?.memo;
  const { host, observer } = shared;
  const run = openRun(loaded.plan);
  const info: RunInfo = {
    execution_id: executionId,
    path: initialized.path,
    name: initialized.name,
    file: loaded.file,
    parent: initialized.parent?.execution_id ?? null,
    steps: loaded.plan.steps.size,
  };
  const journal = openJournal(host, executionId, (events) => {
    for (const event of events) observer.event?.(event, info);
  });
  const inbox: EventBody[] = [];
  const inFlight = new Map<string, AbortController>();
  const running = new Set<Promise<void>>();
  const tools = pipelineHost(shared, loaded.directory, (progress) => observer.progress?.(progress, info));
  let ready: Issued[] = [];
  let wake: () => void = () => {};
  let broken: Error | undefined;

  const report = (...bodies: EventBody[]) => {
    inbox.push(...bodies);
    wake();
  };
  const children: ChildRuns = childRuns({ shared, loaded, executionId, initialized, memo, report, open: openSession });

  const record = (event: LogEvent) => {
    journal.add(event);
    if (event.type === "command.issued") ready.push(event);
    else if (event.type === "command.cancelled") inFlight.get(event.command_id)?.abort(new Error("cancelled"));
    else if (event.type === "call.parked" && event.wait.kind === "child")
      children.start(event.command_id, event.step, event.run, event.wait);
  };
  const append = (body: EventBody) => {
    const event = journal.stamp(body);
    run.fold(event);
    record(event);
  };

  async function decide(): Promise<void> {
    for (const body of inbox.splice(0)) append(body);
    for (;;) {
      const { events, need } = run.advance(journal.stamp);
      for (const event of events) record(event);
      if (need.length === 0) return;
      for (const ref of need) run.provide(ref, await host.store.results.get(ref));
    }
  }

  async function execute(command: Command, signal: AbortSignal): Promise<EventBody[]> {
    const { issued } = command;
    return reported(issued, memo?.recall(issued.step, issued.command_id) ?? (await runCommand(command, tools, signal)));
  }

  /** Answered from the earlier run, or without effects outside and without waiting: no need to write first. */
  async function atOnce(issued: Issued): Promise<EventBody[] | undefined> {
    if (memo?.has(issued.step, issued.command_id)) {
      const outcome = memo.recall(issued.step, issued.command_id);
      if (outcome) return reported(issued, outcome);
    }
    const command = run.command(issued.command_id);
    if (!command || command.resume || issued.mode !== "pipeline") return undefined;
    const pure = command.step.tasks.every((task) => tools.tool(task.kind)?.pure === true && task.rules.length === 0);
    return pure ? execute(command, new AbortController().signal) : undefined;
  }

  function launch(commandId: string): void {
    const controller = new AbortController();
    inFlight.set(commandId, controller);
    const call = (async () => {
      const leave = await shared.gate.enter();
      try {
        const command = run.command(commandId);
        if (command) report(...(await execute(command, controller.signal)));
      } catch (error) {
        broken = ensureError(error);
        wake();
      } finally {
        inFlight.delete(commandId);
        leave();
      }
    })();
    running.add(call);
    void call.then(() => running.delete(call));
  }

  async function dispatch(): Promise<void> {
    const issued = ready;
    ready = [];
    const slow: string[] = [];
    for (const event of issued) {
      const done = await atOnce(event);
      if (done) inbox.push(...done);
      else slow.push(event.command_id);
    }
    if (slow.length > 0 || inbox.length === 0) await journal.flush();
    else if (journal.full) await journal.flush({ durable: false });
    for (const commandId of slow) launch(commandId);
  }

  async function wait(): Promise<void> {
    const timer = run.nextTimer();
    await new Promise<void>((resolve) => {
      const delay = timer === undefined ? undefined : Math.min(Math.max(timer.at - host.clock.now(), 0), 2 ** 31 - 1);
      const timeout =
        timer === undefined || delay === undefined
          ? undefined
          : setTimeout(() => {
              if (host.clock.now() >= timer.at) inbox.push({ type: "timer.fired", timer: timer.timer });
              resolve();
            }, delay);
      wake = () => {
        clearTimeout(timeout);
        resolve();
      };
      if (inbox.length > 0 || broken) wake();
    });
    wake = () => {};
  }

  /** What the earlier run wrote becomes this one's; what it had begun and not finished is to be done. */
  async function takeOver(earlier: Resumed): Promise<void> {
    for (const body of prefixOf(earlier, loaded.plan, initialized)) {
      append(body);
      if (journal.full) await journal.flush({ durable: false });
    }
    inbox.push(...unclosed(run));
    const open = new Set([...run.pending()].flatMap((call) => (call.reported ? [] : [call.command_id])));
    ready = ready.filter(({ command_id }) => open.has(command_id));
  }

  const ended = () => run.status === "COMPLETED" || run.status === "FAILED" || run.status === "CANCELLED";

  async function toTheEnd(): Promise<void> {
    append(initialized);
    observer.started?.(info);
    if (resumed) await takeOver(resumed);
    for (;;) {
      await decide();
      if (run.status === "CANCELLING") {
        for (const { command_id, stop } of run.pending()) {
          if (stop) inFlight.get(command_id)?.abort(new Error("the run is being cancelled"));
        }
        if ([...run.waiting()].some((call) => call.stop)) children.cancel("the parent was cancelled");
      }
      children.forsake(run.forsaken);
      if (ended()) break;
      await dispatch();
      if (broken) throw broken;
      if (inbox.length === 0) await wait();
      if (broken) throw broken;
    }
    for (const controller of inFlight.values()) controller.abort(new Error("the run has ended"));
    await journal.flush();
  }

  /** Without a log nothing may go on: what runs is stopped, so that the process can say why and end. */
  function abandon(): void {
    for (const controller of inFlight.values()) controller.abort(new Error("the log cannot be written"));
    children.abandon("the log of the parent cannot be written");
  }

  return {
    run,
    info,
    async drive() {
      try {
        await toTheEnd();
      } catch (error) {
        abandon();
        throw error;
      } finally {
        await children.settled();
        await Promise.all(running);
      }
    },
    cancel(reason) {
      // What it started and did not wait for may be all that still runs.
      if (ended()) children.abandon(reason);
      else report({ type: "execution.cancel_requested", reason });
    },
  };
}

/** What the engine is told of a command that ended, or that waits for something outside. */
function reported(issued: Issued, outcome: CallDone | CallError | CallParked): EventBody[] {
  const { step, run, command_id } = issued;
  const iteration = issued.iteration === undefined ? {} : { iteration: issued.iteration };
  const end = { step, run, command_id, ...iteration };
  if (outcome.type === "call.parked") return [outcome, { type: "command.completed", ...end, pending_callback: true }];
  if (outcome.type === "call.done") return [outcome, { type: "command.completed", ...end }];
  const cancelled = outcome.envelope.error.kind === "cancelled";
  return [outcome, { type: cancelled ? "command.cancelled" : "command.failed", ...end }];
}

/** The body behind a result, wherever it is stored. */
export async function resultBody(
  shared: Pick<Shared, "host">,
  value: { data: Json } | { ref: { ref: string } } | undefined,
): Promise<Json> {
  if (value === undefined) return null;
  return "data" in value ? value.data : shared.host.store.results.get(value.ref.ref);
}
