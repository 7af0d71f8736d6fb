import { type Clock, ensureError, type Ids, NoetlError } from "@noetl/core";
import { type Command, type EventBody, type LogEvent, unclosed } from "@noetl/engine";
import type { ToolCatalog } from "@noetl/playbook";
import type { NewCommand, OutboxMessage, Store } from "@noetl/store";
import { type Children, ended, openChildren } from "./children.ts";
import { commandBody } from "./command-body.ts";
import { openDefinitions } from "./definitions.ts";
import { type Live, openLiveRuns } from "./live.ts";
import { openMutex } from "./mutex.ts";
import type { Seats } from "./seat.ts";
import { sharedQuestion } from "./shared-question.ts";
import { type Started, type StartInput, type StartPorts, start } from "./start.ts";
import { openTimers } from "./timers.ts";
import { openTurns, type Report, type Turned, type TurnOptions } from "./turn.ts";
import { openWatchers, type Watchers } from "./watch.ts";

export interface Reported {
  /** 0 when the run has ended, or when all of it was known */
  accepted: number;
  commands: number;
  event_ids: string[];
}

/** Executions of a server: everything that moves a run goes through here. */
export interface Runs {
  start(input: StartInput): Promise<Started>;
  /**
   * What a worker or a client says of a run. A run that has ended takes nothing more: `accepted: 0`. As a function it sees
   * the run as it is when its turn comes. Meanings: `not_found`; `conflict` (`FENCED`) from a worker that lost its claim.
   */
  report(executionId: string, reports: Report[] | ((live: Live) => Report[]), options?: TurnOptions): Promise<Reported>;
  /**
   * Asks the run and the children it waits for to stop. `already` = it has ended before. Running calls have half a minute
   * to end by themselves; `force` does not wait for them (DSL §19.5).
   */
  cancel(executionId: string, reason: string, force?: boolean): Promise<{ already: boolean; status: string }>;
  /** As it is stored, also when other servers wrote it. */
  get(executionId: string): Promise<Live>;
  /** The same between two turns: `look` sees nothing that is not stored. */
  look<T>(executionId: string, look: (live: Live) => T): Promise<T>;
  /** Only if it is in memory; may be behind what other servers wrote. */
  peek(executionId: string): Live | undefined;
  /** What a worker is given. `undefined` = the command is not open any more. */
  command(executionId: string, commandId: string): Promise<Command | undefined>;
  /** Catches up with what was lost between two transactions: timers, children. */
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
  /** Messages written in the same transaction. */
  outbox?(live: Live, events: readonly LogEvent[], commands: readonly NewCommand[]): OutboxMessage[];
  /** Room of workers that wait, for commands that are about to be issued. */
  seats: Seats;
  /** how long a claim holds that nobody asked for, until the first heartbeat, ms */
  seatMs: number;
  /** After the transaction: commands that are now claimable. */
  issued(live: Live, commands: readonly NewCommand[]): void;
  /** A run was made from so many events of its log. */
  built?(events: number): void;
  /** After the transaction, before `issued`. */
  wrote?(turned: Turned): void;
  /** Something asynchronous went wrong and will be tried again by the sweep. */
  trouble(error: Error, executionId: string): void;
}

export function openRuns(ports: RunsPorts): Runs {
  const { store, clock, ids } = ports;
  const definitions = openDefinitions(ports.tools);
  const live = openLiveRuns(store, definitions, undefined, ports.built);
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
      const { live: found } = await turns.take(executionId, (current) =>
        current.run.nextTimer()?.timer === timer ? [{ type: "timer.fired", timer }] : [],
      );
      if (found.run.status === "CANCELLING") await stopUnclaimed(executionId);
    });
  });

  const wrote = (turned: Turned) => {
    const { execution_id } = turned.live.summary;
    ports.wrote?.(turned);
    if (turned.repeated) return background(execution_id, () => ensure(execution_id));
    watchers.tell(execution_id, turned.events);
    const claimable = turned.commands.filter((command) => !command.claim);
    if (claimable.length > 0) ports.issued(turned.live, claimable);
    timers.set(execution_id, ended(turned.live.run.status) ? undefined : turned.live.run.nextTimer());
    if (turned.events.some(concernsChildren)) background(execution_id, () => children.follow(turned));
  };
  const turns = openTurns({
    store,
    clock,
    ids,
    live,
    mutex: openMutex(),
    shared: ports.commandBodies === "stored",
    seats: ports.seats,
    seatMs: ports.seatMs,
    command: commandRow,
    outbox: (found, events, commands) => ports.outbox?.(found, events, commands) ?? [],
    wrote,
    unknown: (executionId, error) => ports.trouble(error, executionId),
  });
  const startPorts: StartPorts = {
    store,
    clock,
    ids,
    definitions,
    turns,
    latest: sharedQuestion((path) => store.catalog.get({ path })),
    env: ports.env,
    ...(ports.serverUrl === undefined ? {} : { serverUrl: ports.serverUrl }),
  };
  const children: Children = openChildren({
    turns,
    start: (input) => start(startPorts, input),
    cancel: async (executionId, reason) => void (await cancel(executionId, reason)),
    result: (ref) => store.results.get(ref),
  });

  async function commandRow(found: Live, event: LogEvent & { type: "command.issued" }): Promise<NewCommand> {
    const body = ports.commandBodies === "stored" ? await commandBody(store, found.run.command(event.command_id)) : {};
    return {
      event_id: event.event_id,
      command_id: event.command_id,
      step: event.step,
      kind: event.kind,
      pool: ports.pool(found, event.kind),
      attempt: event.attempt,
      catalog_id: found.summary.catalog_id,
      ...body,
    };
  }

  async function cancel(
    executionId: string,
    reason: string,
    force = false,
  ): Promise<{ already: boolean; status: string }> {
    let already = false;
    const turned = await turns.take(executionId, (found) => {
      already = ended(found.run.status);
      const asked = found.run.status === "CANCELLING";
      // It never began: nothing is there that could stop.
      if (!already && found.seq === 0) return [{ type: "execution.cancelled", reason }];
      return already || (asked && !force) ? [] : [{ type: "execution.cancel_requested", reason }];
    });
    if (already) return { already, status: turned.live.run.status };
    return { already, status: (await stopUnclaimed(executionId)) ?? turned.live.run.status };
  }

  /** What nobody has begun need not be waited for. */
  async function stopUnclaimed(executionId: string): Promise<string | undefined> {
    const rows = await store.commands.list({ execution_id: executionId, status: ["PENDING"] });
    if (rows.length === 0) return undefined;
    const unclaimed = new Set(rows.map((row) => row.command_id));
    const turned = await turns.take(executionId, (found) =>
      [...found.run.pending()]
        .filter((call) => call.stop === true && unclaimed.has(call.command_id))
        .map(({ step, run, command_id, iteration }) => ({
          type: "command.cancelled",
          step,
          run,
          command_id,
          ...(iteration === undefined ? {} : { iteration }),
        })),
    );
    return turned.live.run.status;
  }

  /** Outcomes whose worker is gone; one that still holds its command ends it itself. */
  async function orphaned(executionId: string): Promise<ReadonlySet<string>> {
    const reported = await turns.read(executionId, ({ run }) => new Set(unclosed(run).map(commandOf)));
    if (reported.size === 0) return reported;
    const now = clock.now();
    for (const row of await store.commands.list({ execution_id: executionId, status: ["CLAIMED", "RUNNING"] }))
      if ((row.lease_until ?? 0) > now) reported.delete(row.command_id);
    return reported;
  }

  async function ensure(executionId: string): Promise<void> {
    const orphans = await orphaned(executionId);
    const { live: found } = await turns.take(executionId, ({ run }) =>
      unclosed(run).filter((end) => orphans.has(commandOf(end))),
    );
    timers.set(executionId, ended(found.run.status) ? undefined : found.run.nextTimer());
    await children.ensure(found);
  }

  return {
    start: (input) => start(startPorts, input),
    async report(executionId, reports, options) {
      let given: (Report & { event_id: string })[] = [];
      const turned = await turns.take(
        executionId,
        (found) => {
          const said = ended(found.run.status) ? [] : typeof reports === "function" ? reports(found) : reports;
          given = said.map((report) => ({ ...report, event_id: report.event_id ?? ids.next() }));
          return given;
        },
        options,
      );
      return {
        accepted: turned.repeated ? 0 : given.length,
        commands: turned.commands.length,
        event_ids: given.map((report) => report.event_id),
      };
    },
    cancel,
    get: (executionId) => turns.read(executionId, (found) => found),
    look: turns.read,
    peek: (executionId) => live.peek(executionId),
    command: (executionId, commandId) => turns.read(executionId, (found) => found.run.command(commandId)),
    ensure,
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

function commandOf(end: EventBody): string {
  return "command_id" in end ? end.command_id : "";
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
