import { ensureError } from "@noetl/core";
import type { ServerContext } from "../context.ts";
import { pages } from "../executions/executions.ts";
import { summaryOf } from "../runs/turn.ts";
import { replay } from "./replay.ts";

export interface Rebuilt {
  execution_id: string;
  /** was its row not what its log says? */
  run: boolean;
  /** rows of commands that were not */
  commands: number;
  /** commands that were open and had no row any more: issued again */
  reissued: number;
}

const EVENTS = 1_000_000;

/**
 * The projections of one run anew from its log (server-api §6.4): its row, the rows of its commands. The log is the truth, hence
 * doing it once more changes nothing. Meaning `not_found`; `conflict` when the run goes on at this moment.
 */
export async function rebuild(context: ServerContext, executionId: string): Promise<Rebuilt> {
  const { store, tools, runs, executions } = context;
  const summary = await executions.summary(executionId);
  const { run, events } = await replay({ store, tools }, summary, {}, EVENTS);
  const end = summaryOf(events);
  const open = [...run.pending()];
  const changed = await store.executions.rebuild({
    execution_id: executionId,
    seq: events.at(-1)?.seq ?? 0,
    status: end?.status ?? (events.length === 0 ? summary.status : "RUNNING"),
    ended_at: end?.ended_at ?? null,
    error: end?.error ?? null,
    open: open.map(({ command_id }) => command_id),
  });
  const rows = new Set((await store.commands.list({ execution_id: executionId })).map(({ command_id }) => command_id));
  const lost = open.filter(({ command_id, reported }) => reported === undefined && !rows.has(command_id));
  if (lost.length > 0) {
    await runs.report(
      executionId,
      lost.map(({ command_id, step, run: number, iteration }) => ({
        type: "command.lost",
        step,
        run: number,
        command_id,
        ...(iteration === undefined ? {} : { iteration }),
      })),
    );
  }
  return { execution_id: executionId, ...changed, reissued: lost.length };
}

export type Attempt = Rebuilt | { execution_id: string; error: string };

/** What cannot be rebuilt is told of, and the others go on. */
export async function* rebuildThese(
  context: ServerContext,
  executionIds: Iterable<string> | AsyncIterable<string>,
): AsyncGenerator<Attempt, void> {
  for await (const execution_id of executionIds) {
    try {
      yield await rebuild(context, execution_id);
    } catch (error) {
      yield { execution_id, error: ensureError(error).message };
    }
  }
}

/** All runs, or the open ones, newest first. */
export function rebuildAll(context: ServerContext, { open }: { open: boolean }): AsyncGenerator<Attempt, void> {
  const filter = open ? { status: ["PENDING", "RUNNING", "CANCELLING"] } : {};
  return rebuildThese(
    context,
    (async function* () {
      for await (const { execution_id } of pages(context.store, filter)) yield execution_id;
    })(),
  );
}
