import { type Clock, ensureError, type Ids, type Json, NoetlError } from "@noetl/core";
import type { Command, EventBody, LogEvent } from "@noetl/engine";
import type { ToolCatalog } from "@noetl/playbook";
import type { NewCommand, Store } from "@noetl/store";
import { type Children, ended, openChildren } from "./children.ts";
import { openDefinitions } from "./definitions.ts";
import { type Live, openLiveRuns } from "./live.ts";
import { openMutex } from "./mutex.ts";
import { type Started, type StartInput, type StartPorts, start } from "./start.ts";
import { openTimers } from "./timers.ts";
import { type Fence, openTurns, type Report, type Turned } from "./turn.ts";
import { openWatchers, type Watchers } from "./watch.ts";

/** Executions of a server: everything that moves a run goes through here. */
export interface Runs {
  start(input: StartInput): Promise<Started>;
  /** What a worker or a client says of a run. A run that has ended takes nothing more: `accepted: 0`. */
  report(
    executionId: string,
    reports: Report[],
    fence?: Fence,
  ): Promise<{ accepted: number; commands: number; event_ids: string[] }>;
  /** Asks the run and the children it waits for to stop. `already` = it has ended before. */
  cancel(executionId: string, reason: string): Promise<{ already: boolean; status: string }>;
  get(executionId: string): Promise<Live>;
  /** What a worker is given. `undefined` = the command is not open any more. */
  command(executionId: string, commandId: string): Promise<Command | undefined>;
  /** Catches up with what was lost between two transactions: timers, children, commands nobody was told of. */
  ensure(executionId: string): Promise<void>;
  readonly watchers: Watchers;
  readonly loaded: number;
  /** Waits for what is being written, then stops timers. */
  close(): Promise<void>;
}

export interface RunsPorts {
  store: Store;
  clock: Clock;
  ids: Ids;
  tools: ToolCatalog;
  env: StartPorts["env"];
  serverUrl?: string;
  /** `stored`: the command row carries what the worker gets, any server can hand it out. `derived`: made from the run (one server). */
  commandBodies: "stored" | "derived";
  /** Which pool runs it (server-api §4.2). */
  pool(live: Live, kind: string): string;
  /** After the transaction: commands that are now claimable. */
  issued(live: Live, commands: readonly NewCommand[]): void;
  /** Something asynchronous went wrong and will be tried again by the sweep. */
  trouble(error: Error, executionId: string): void;
}

export function openRuns(ports: RunsPorts): Runs {
  const { store, clock, ids } = ports;
  const definitions = openDefinitions(ports.tools);
  const live = openLiveRuns(store, definitions);
  const watchers = openWatchers();
  const busy = new Set<Promise<void>>();
  const background = (executionId: string, work: () => Promise<void>) => {
    const done = work()
      .catch((error: unknown) => ports.trouble(ensureError(error), executionId))
      .then(() => void busy.delete(done));
    busy.add(done);
  };
  const timers = openTimers(clock, (executionId, timer) => {
    background(executionId, async () => {
      await turns.take(executionId, (found) =>
        found.run.nextTimer()?.timer === timer ? [{ type: "timer.fired", timer }] : [],
      );
    });
  });

  const wrote = (turned: Turned) => {
    const { execution_id } = turned.live.summary;
    watchers.tell(execution_id, turned.events);
    if (turned.commands.length > 0) ports.issued(turned.live, turned.commands);
    timers.set(execution_id, ended(turned.live.run.status) ? undefined : turned.live.run.nextTimer());
    if (turned.events.some(concernsChildren)) background(execution_id, () => children.follow(turned));
  };
  const turns = openTurns({ store, clock, ids, live, mutex: openMutex(), command: commandRow, wrote });
  const startPorts: StartPorts = {
    store,
    clock,
    ids,
    definitions,
    turns,
    env: ports.env,
    ...(ports.serverUrl === undefined ? {} : { serverUrl: ports.serverUrl }),
  };
  const children: Children = openChildren({
    turns,
    live,
    start: (input) => start(startPorts, input),
    cancel: async (executionId, reason) => void (await cancel(executionId, reason)),
  });

  function commandRow(found: Live, event: LogEvent & { type: "command.issued" }): NewCommand {
    const stored =
      ports.commandBodies === "stored" ? { body: found.run.command(event.command_id) as unknown as Json } : {};
    return {
      event_id: event.event_id,
      command_id: event.command_id,
      step: event.step,
      kind: event.kind,
      pool: ports.pool(found, event.kind),
      attempt: event.attempt,
      catalog_id: found.summary.catalog_id,
      ...stored,
    };
  }

  async function cancel(executionId: string, reason: string): Promise<{ already: boolean; status: string }> {
    let already = false;
    const turned = await turns.take(executionId, (found) => {
      already = ended(found.run.status);
      return already || found.run.status === "CANCELLING" ? [] : [{ type: "execution.cancel_requested", reason }];
    });
    return { already, status: turned.live.run.status };
  }

  return {
    start: (input) => start(startPorts, input),
    async report(executionId, reports, fence) {
      let given: Report[] = [];
      const turned = await turns.take(
        executionId,
        (found) => {
          given = ended(found.run.status)
            ? []
            : reports.map((report) => ({ ...report, event_id: report.event_id ?? ids.next() }));
          return given;
        },
        fence,
      );
      return {
        accepted: given.length,
        commands: turned.commands.length,
        event_ids: given.map((report) => report.event_id ?? ""),
      };
    },
    cancel,
    get: (executionId) => live.get(executionId),
    async command(executionId, commandId) {
      return (await live.get(executionId)).run.command(commandId);
    },
    async ensure(executionId) {
      const { live: found } = await turns.take(executionId, () => []);
      if (ended(found.run.status)) return;
      timers.set(executionId, found.run.nextTimer());
      await children.ensure(found);
    },
    watchers,
    get loaded() {
      return live.size;
    },
    async close() {
      timers.close();
      while (busy.size > 0) await Promise.all(busy);
    },
  };
}

/** Terminal events are here too: a parent may be waiting. */
function concernsChildren(event: EventBody): boolean {
  return (
    (event.type === "call.parked" && event.wait.kind === "child") ||
    event.type === "playbook.completed" ||
    event.type === "playbook.failed" ||
    event.type === "execution.cancelled" ||
    event.type === "execution.cancel_requested" ||
    event.type === "timer.fired"
  );
}

export function notOpen(commandId: string): NoetlError {
  return new NoetlError("conflict", "already_terminal", `command ${commandId} is not open any more`);
}
