import { type LogEvent, openRun, type Run } from "@noetl/engine";
import type { Definitions } from "@noetl/server";
import type { Store } from "@noetl/store";
import { everyCall } from "./faults.ts";
import type { VirtualTime } from "./time.ts";

/** A rule that was broken, and what the log of the run was then. */
export class Broken extends Error {
  readonly events: readonly LogEvent[];
  constructor(rule: string, events: readonly LogEvent[]) {
    super(rule);
    this.name = "Broken";
    this.events = events;
  }
}

export interface Watched {
  execution_id: string;
  events: LogEvent[];
  run: Run;
  ended: boolean;
}

/** Looks at every event that is stored, right after it was (architecture §4). */
export interface Watch {
  /** the store, watched */
  store: Store;
  readonly runs: ReadonlyMap<string, Watched>;
  /** the first rule that was broken */
  readonly broken: Broken | undefined;
}

interface Holder {
  command: string;
  worker: string;
  fence: number;
  until: number;
}

interface Place {
  attempts: number;
  open: boolean;
  ended: boolean;
  /** its worker is done with it, the call goes on: it may still be given up */
  parked: boolean;
}

const DELIVERY: ReadonlySet<string> = new Set(["command.claimed", "command.started", "command.heartbeat"]);
const TERMINAL: ReadonlySet<string> = new Set(["playbook.completed", "playbook.failed", "execution.cancelled"]);

export function watchStore(
  store: Store,
  definitions: Definitions,
  time: VirtualTime,
  note: (what: string) => void,
): Watch {
  const runs = new Map<string, Watched & { rules: (event: LogEvent) => string | undefined }>();
  /** by the id of the row */
  const holders = new Map<string, Holder>();
  let broken: Broken | undefined;

  const fail = (rule: string, events: readonly LogEvent[]) => {
    broken ??= new Broken(rule, [...events]);
  };

  async function open(executionId: string) {
    const summary = await store.executions.get(executionId);
    const text = summary && (await store.executions.definition(summary.definition));
    if (!summary || text === undefined) throw new Error(`no execution ${executionId}`);
    const run = openRun(definitions.plan(text, summary.definition));
    const made = { execution_id: executionId, events: [], run, ended: false, rules: rules() };
    runs.set(executionId, made);
    return made;
  }

  async function look(executionId: string): Promise<void> {
    const watched = runs.get(executionId) ?? (await open(executionId));
    const stored = await store.log.load(executionId, { afterSeq: watched.run.seq });
    for (const event of stored) {
      if (DELIVERY.has(event.type)) continue;
      watched.events.push(event);
      note(
        `${executionId} ${event.seq} ${event.type} ${"command_id" in event ? event.command_id : "step" in event ? event.step : ""}`,
      );
      if (event.seq !== watched.run.seq + 1) fail(`seq ${event.seq} follows ${watched.run.seq}`, watched.events);
      const rule = watched.ended ? `${event.type} after the end of the run` : watched.rules(event);
      if (rule !== undefined) fail(rule, watched.events);
      watched.run.fold(event);
      if (TERMINAL.has(event.type)) watched.ended = true;
    }
    if (stored.length > 0) decided(watched);
  }

  /** A turn writes everything that the engine has to say: whoever folds the log finds nothing left to decide. */
  function decided({ run, events }: Watched): void {
    let seq = run.seq;
    const { events: more } = run.advance((body) => {
      seq += 1;
      return { ...body, event_id: `${seq}`, execution_id: "0", seq, ts: time.clock.now() };
    });
    if (more.length > 0) fail(`the turn left ${more.map((event) => event.type).join(", ")} undecided`, events);
  }

  function claimed(eventId: string, claim: Awaited<ReturnType<Store["commands"]["claim"]>>, worker: string): void {
    if (claim.outcome !== "claimed") return;
    const { command } = claim;
    note(`${worker} claims ${command.command_id} of ${command.execution_id}`);
    const before = holders.get(eventId);
    const now = time.clock.now();
    if (before && before.worker !== worker && before.until > now) {
      fail(`${command.command_id} is leased to ${before.worker} until ${before.until}, and to ${worker}`, []);
    }
    if (before && !claim.again && command.fence <= before.fence) fail("a fence did not grow", []);
    const key = `${command.execution_id}/${command.command_id}`;
    for (const [other, holder] of holders) {
      // What the reaper holds it has taken from a lost worker, to have it issued again.
      if (holder.worker === "command_reaper" || holder.worker === worker) continue;
      if (other !== eventId && holder.command === key && holder.until > now) {
        fail(`${command.command_id} is leased to ${holder.worker}, and under another row to ${worker}`, []);
      }
    }
    const watched = runs.get(command.execution_id);
    if (watched && watched.run.command(command.command_id) === undefined) {
      // Ended between the look of the server and its claim: the server looks again, so nobody runs it.
      return;
    }
    holders.set(eventId, { command: key, worker, fence: command.fence, until: command.lease_until ?? 0 });
  }

  /** What a worker reports is taken from the one that holds the command. */
  function fenced({ appended }: { appended: number }, input: Parameters<Store["log"]["append"]>[0]): void {
    if (!input.fence || appended === 0) return;
    const { event_id, worker_id, fence } = input.fence;
    const holder = holders.get(event_id);
    if (holder && (holder.worker !== worker_id || holder.fence !== fence)) {
      fail(`${worker_id} reported ${holder.command}, which ${holder.worker} holds`, []);
    }
  }

  let looking = Promise.resolve();
  const watchedStore = everyCall(store, async (name, call, given) => {
    const done = await call();
    if (name === "log.append") {
      const input = given[0] as Parameters<Store["log"]["append"]>[0];
      fenced(done as { appended: number }, input);
      looking = looking.then(() => look(input.execution_id));
      await looking;
    }
    if (name === "commands.claim") {
      const input = given[0] as { event_id: string; worker_id: string };
      claimed(input.event_id, done as Awaited<ReturnType<Store["commands"]["claim"]>>, input.worker_id);
    }
    if (name === "commands.heartbeat" && (done as { held: boolean }).held) {
      const input = given[0] as { event_id: string; lease_ms: number };
      const holder = holders.get(input.event_id);
      if (holder) holder.until = time.clock.now() + input.lease_ms;
    }
    if (name === "commands.release" && done === true) holders.delete((given[0] as { event_id: string }).event_id);
    return done;
  });

  return {
    store: watchedStore,
    runs,
    get broken() {
      return broken;
    },
  };
}

/** What must hold of every log, event by event; the rule that does not. */
function rules(): (event: LogEvent) => string | undefined {
  const commands = new Map<string, Place>();
  const steps = new Map<string, { entered: number; exited: Set<number>; routed: Set<number>; looped: Set<number> }>();
  const stepOf = (name: string) => {
    const known = steps.get(name) ?? { entered: 0, exited: new Set(), routed: new Set(), looped: new Set() };
    steps.set(name, known);
    return known;
  };
  const once = (set: Set<number>, run: number, what: string) => {
    if (set.has(run)) return `${what} twice`;
    set.add(run);
    return undefined;
  };
  let first = true;

  return (event) => {
    const unborn = event.type === "playbook.failed" && event.error.code === "NEVER_BEGAN";
    if (first !== (event.type === "playbook.initialized") && !(first && unborn)) {
      return `${event.type} at the wrong end of the log`;
    }
    first = false;
    switch (event.type) {
      case "step.enter": {
        const step = stepOf(event.step);
        step.entered += 1;
        return event.run === step.entered ? undefined : `run ${event.run} of ${event.step} after ${step.entered - 1}`;
      }
      case "step.exit":
        return once(stepOf(event.step).exited, event.run, `end of ${event.step}#${event.run}`);
      case "next.evaluated":
        return once(stepOf(event.step).routed, event.run, `arcs of ${event.step}#${event.run}`);
      case "loop.done":
        return once(stepOf(event.step).looped, event.run, `end of the loop ${event.step}#${event.run}`);
      case "command.issued": {
        const known = commands.get(event.command_id);
        if (known?.ended) return `${event.command_id} was issued after its end`;
        if (known?.open) return `${event.command_id} was issued while it was open`;
        if (event.attempt !== (known?.attempts ?? 0) + 1) return `attempt ${event.attempt} of ${event.command_id}`;
        commands.set(event.command_id, { attempts: event.attempt, open: true, ended: false, parked: false });
        return undefined;
      }
      case "command.lost": {
        const known = commands.get(event.command_id);
        if (!known?.open) return `${event.command_id} was lost while it was not open`;
        known.open = false;
        return undefined;
      }
      case "command.completed":
      case "command.failed":
      case "command.cancelled": {
        const known = commands.get(event.command_id);
        if (!known) return `${event.type} of ${event.command_id}, which was never issued`;
        if (known.parked && event.type === "command.cancelled") known.parked = false;
        else if (known.ended) return `${event.command_id} ended twice`;
        else known.parked = event.pending_callback === true;
        known.ended = true;
        known.open = false;
        return undefined;
      }
      case "call.done":
      case "call.error":
        return commands.has(event.command_id) ? undefined : `${event.type} of ${event.command_id}, never issued`;
      default:
        return undefined;
    }
  };
}
