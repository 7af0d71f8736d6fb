import { DELIVERY, type LogEvent } from "@noetl/engine";
import type { CommandRow, ExecutionSummary, Store } from "@noetl/store";
import type { Promises } from "./load.ts";
import { LEDGERED } from "./playbooks.ts";

/** One line that a tool wrote. */
export interface Entry {
  word: "begin" | "end";
  execution: string;
  command: string;
  /** ms since 1970 */
  at: number;
}

export interface Audit {
  runs: number;
  children: number;
  /** calls of tools that were begun, and how many of them once more than their log needed */
  calls: number;
  repeated: number;
  /** commands whose worker died */
  lost: number;
  acknowledged: number;
  shown: number;
  /** nothing = every promise was kept */
  broken: string[];
}

/** After three dead workers a command is given up, and its run rightly fails (DSL §18.7). */
const GIVEN_UP = 3;
/** Between what the server wrote last and what a tool says of the same moment, ms. */
const CLOCK_MS = 5;

export function entriesOf(ledger: string): Entry[] {
  return ledger
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const [word, execution = "", command = "", at] = line.split(" ");
      if (word !== "begin" && word !== "end") throw new Error(`the ledger holds a line of nobody: ${line}`);
      return { word, execution, command, at: Number(at) };
    });
}

/** Compares what was promised and what tools wrote down with what the logs say (invariants of the architecture, §4). */
export async function audit(store: Store, promises: Promises, ledger: readonly Entry[]): Promise<Audit> {
  const found: Audit = {
    runs: promises.accepted.size,
    children: 0,
    calls: ledger.filter(({ word }) => word === "begin").length,
    repeated: 0,
    lost: 0,
    acknowledged: promises.acknowledged.size,
    shown: promises.shown.size,
    broken: [],
  };
  const say = (text: string) => found.broken.push(text);
  const logs = new Map<string, LogEvent[]>();
  const byCommand = Map.groupBy(ledger, ({ execution, command }) => `${execution} ${command}`);

  async function one(id: string): Promise<void> {
    const summary = await store.executions.get(id);
    if (!summary) return void say(`${id}: accepted, and unknown`);
    const events = await store.log.load(id);
    logs.set(id, events);
    found.lost += events.filter(({ type }) => type === "command.lost").length;
    for (const text of brokenIn(summary, events)) say(`${id} ${summary.path}: ${text}`);
    if (!summary.ended_at) for (const row of await store.commands.list({ execution_id: id })) say(stateOf(row));
    const lines = (command: string) => byCommand.get(`${id} ${command}`) ?? [];
    for (const command of LEDGERED[summary.path] ?? []) {
      found.repeated += Math.max(0, lines(command).filter(({ word }) => word === "begin").length - 1);
      for (const text of brokenCall(command, summary, events, lines(command))) say(`${id} ${summary.path}: ${text}`);
    }
    for (const child of await store.executions.list({ parent: id })) {
      found.children += 1;
      await one(child.execution_id);
    }
  }

  for (const id of promises.accepted.keys()) await one(id);
  const logOf = (key: string) => logs.get(key.split(" ")[0] ?? "") ?? [];
  const isIn = (key: string, type: string) =>
    logOf(key).some((event) => `${event.execution_id} ${event.event_id}` === key && event.type === type);
  for (const [key, type] of promises.shown) if (!isIn(key, type)) say(`${key} ${type}: shown, and missing now`);
  for (const [key, { type, command_id, at }] of promises.acknowledged) {
    // What somebody else had said already is acknowledged and not written again.
    const before = (event: LogEvent) =>
      event.type === type && "command_id" in event && event.command_id === command_id && event.ts <= at;
    if (!isIn(key, type) && !logOf(key).some(before))
      say(`${key} ${type} ${command_id}: acknowledged, and missing now`);
  }
  return found;
}

function nameOf(event: LogEvent): string {
  return "command_id" in event ? `${event.type} ${event.command_id}` : event.type;
}

/** Of the log by itself. */
function brokenIn(summary: ExecutionSummary, events: readonly LogEvent[]): string[] {
  const broken: string[] = [];
  const folded = events.filter(({ type }) => !DELIVERY.has(type));
  folded.forEach((event, at) => {
    if (event.seq !== at + 1) broken.push(`event ${at + 1} has seq ${event.seq}`);
  });
  const last = folded.at(-1);
  const ends = folded.filter(({ type }) => /^(playbook\.(completed|failed)|execution\.cancelled)$/.test(type));
  if (ends.length !== 1 || ends[0] !== last)
    broken.push(`${ends.length} ends; the last events are ${folded.slice(-8).map(nameOf).join(", ")}`);
  if (summary.status === "FAILED" && !wasGivenUp(folded)) broken.push(`FAILED: ${JSON.stringify(summary.error)}`);
  const wanted = last?.type === "playbook.completed" ? "COMPLETED" : "FAILED";
  if (summary.status !== wanted) broken.push(`its row says ${summary.status}, its log ${last?.type}`);
  const done = new Map<string, number>();
  for (const event of folded) {
    if (event.type !== "command.completed" && event.type !== "command.failed") continue;
    done.set(event.command_id, (done.get(event.command_id) ?? 0) + 1);
  }
  for (const [command, times] of done) if (times > 1) broken.push(`${command} was completed ${times} times`);
  return broken;
}

/** Where a command of a run stands that did not end. */
function stateOf({ execution_id, command_id, status, worker_id, claims, lease_until }: CommandRow): string {
  const until = lease_until === null ? "no lease" : `leased until ${new Date(lease_until).toISOString()}`;
  return `${execution_id} ${command_id}: ${status}, ${claims} claims, ${worker_id ?? "nobody"}, ${until}`;
}

function wasGivenUp(events: readonly LogEvent[]): boolean {
  const lost = Map.groupBy(
    events.filter((event) => event.type === "command.lost"),
    (event) => event.command_id,
  );
  // Or a child was: its own log says so.
  return (
    [...lost.values()].some((times) => times.length >= GIVEN_UP) ||
    events.some((event) => event.type === "child.completed" && event.status === "FAILED")
  );
}

/** What the tools say of one call, against its log. */
function brokenCall(
  command: string,
  summary: ExecutionSummary,
  events: readonly LogEvent[],
  lines: readonly Entry[],
): string[] {
  const broken: string[] = [];
  const of = (type: LogEvent["type"]) =>
    events.filter((event) => event.type === type && "command_id" in event && event.command_id === command);
  const begun = lines.filter(({ word }) => word === "begin");
  const [done] = of("call.done");
  if (summary.status === "COMPLETED" && !done) broken.push(`${command} has no result`);
  if (done && !lines.some(({ word }) => word === "end"))
    broken.push(`${command} has a result, and never ran to its end`);
  const claims = of("command.claimed").length;
  if (begun.length > claims) broken.push(`${command} ran ${begun.length} times for ${claims} claims`);
  for (const { at } of begun)
    if (done && at > done.ts + CLOCK_MS) broken.push(`${command} began ${at - done.ts} ms after it was done`);
  return broken;
}
