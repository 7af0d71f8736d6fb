import { ensureError, type Json } from "@noetl/core";
import { type EventBody, type LogEvent, openRun, type PlaybookInitialized, type Run } from "@noetl/engine";
import { runCommand } from "@noetl/pipeline";
import type { Loaded } from "../load.ts";
import type { RunInfo } from "../options.ts";
import type { Memo } from "../resume/memo.ts";
import { type ChildRuns, childRuns } from "./children.ts";
import { openJournal } from "./journal.ts";
import { pipelineHost, type Shared } from "./shared.ts";

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
  memo?: Memo;
}

/**
 * The local host (architecture §2): decide, make durable, run, report, decide again. States of the loop: *deciding*
 * (advance until the engine has nothing to say), *dispatching* (start what was issued), *waiting* (a report, a timer or a
 * cancel wakes it), *ended* (terminal event durable, nothing in flight).
 */
export function openSession(options: SessionOptions): Session {
  const { shared, loaded, executionId, initialized, memo } = options;
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
  let ready: string[] = [];
  let wake: () => void = () => {};
  let broken: Error | undefined;

  const report = (...bodies: EventBody[]) => {
    inbox.push(...bodies);
    wake();
  };
  const children: ChildRuns = childRuns({ shared, loaded, executionId, initialized, memo, report, open: openSession });

  const record = (event: LogEvent) => {
    journal.add([event]);
    if (event.type === "command.issued") ready.push(event.command_id);
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

  async function execute(commandId: string, controller: AbortController): Promise<EventBody[]> {
    const command = run.command(commandId);
    if (!command) return [];
    const outcome = memo?.recall(command.step.step, commandId) ?? (await runCommand(command, tools, controller.signal));
    const { step, run: number } = command.issued;
    const iteration = command.issued.iteration === undefined ? {} : { iteration: command.issued.iteration };
    const end = { step, run: number, command_id: commandId, ...iteration };
    if (outcome.type === "call.parked") return [outcome, { type: "command.completed", ...end, pending_callback: true }];
    if (outcome.type === "call.done") return [outcome, { type: "command.completed", ...end }];
    return [
      outcome,
      { type: outcome.envelope.error.kind === "cancelled" ? "command.cancelled" : "command.failed", ...end },
    ];
  }

  /** Without effects outside and without waiting, or answered from the earlier run: no need to write first. */
  function immediate(commandId: string): boolean {
    const command = run.command(commandId);
    if (!command || command.resume) return false;
    if (memo?.has(command.step.step, commandId)) return true;
    return (
      command.issued.mode === "pipeline" &&
      command.step.tasks.every((task) => tools.tool(task.kind)?.pure === true && task.rules.length === 0)
    );
  }

  function launch(commandId: string): void {
    const controller = new AbortController();
    inFlight.set(commandId, controller);
    const call = (async () => {
      const leave = await shared.gate.enter();
      try {
        report(...(await execute(commandId, controller)));
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
    for (const commandId of issued) {
      if (!immediate(commandId)) slow.push(commandId);
      else inbox.push(...(await execute(commandId, new AbortController())));
    }
    if (slow.length > 0 || inbox.length === 0 || journal.full) await journal.flush();
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

  const ended = () => run.status === "COMPLETED" || run.status === "FAILED" || run.status === "CANCELLED";

  async function toTheEnd(): Promise<void> {
    append(initialized);
    observer.started?.(info);
    for (;;) {
      await decide();
      if (run.status === "CANCELLING") {
        for (const { command_id, stop } of run.pending()) {
          if (stop) inFlight.get(command_id)?.abort(new Error("the run is being cancelled"));
        }
        if ([...run.waiting()].some((call) => call.stop)) children.cancel("the parent was cancelled");
      }
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
      report({ type: "execution.cancel_requested", reason });
    },
  };
}

/** The body behind a result, wherever it is stored. */
export async function resultBody(
  shared: Pick<Shared, "host">,
  value: { data: Json } | { ref: { ref: string } } | undefined,
): Promise<Json> {
  if (value === undefined) return null;
  return "data" in value ? value.data : shared.host.store.results.get(value.ref.ref);
}
