import type { Clock } from "@noetl/core";
import { type Appended, type AppendInput, append } from "../log/append.ts";
import { text } from "../sql/values.ts";
import { appendStatement } from "./append-statement.ts";
import type { PostgresDatabase } from "./database.ts";
import { isDuplicate, isRace, postgresError } from "./errors.ts";
import { grouped } from "./groups.ts";

/**
 * Appends for the common case: all events are new and nobody wrote in between. Those of many runs are one statement.
 * Whatever was not written in this way goes to the general operation, which decides what it was: a repeat, a conflict, an
 * unknown run.
 */
export function appendGroups(db: PostgresDatabase, clock: Clock): (input: AppendInput) => Promise<Appended> {
  const known = new Set<string>();
  const general = (input: AppendInput) => db.write(() => append(db, input, clock.now()));

  /** Ids of the runs that were written; undefined when something was there already or another transaction was faster. */
  async function write(inputs: readonly AppendInput[]): Promise<Set<string> | undefined> {
    try {
      const rows = await db.once(appendStatement(inputs, known, clock.now()));
      for (const { create } of inputs) if (create) known.add(create.summary.definition);
      return new Set(rows.map((row) => text(row.execution_id)));
    } catch (error) {
      if (isDuplicate(error) || isRace(error)) return undefined;
      throw postgresError(error);
    }
  }

  async function alone(input: AppendInput): Promise<Appended> {
    const written = await write([input]);
    return written?.has(input.execution_id) ? done(input) : general(input);
  }

  const together = grouped<AppendInput, Appended>({
    most: 64,
    lanes: 2,
    // The next append of a run builds on the one before.
    keyOf: (input) => input.execution_id,
    async run(inputs) {
      const written = await write(inputs);
      // One of them spoilt it for all.
      if (!written) return inputs.map(inputs.length === 1 ? general : alone);
      return inputs.map(async (input) => (written.has(input.execution_id) ? done(input) : general(input)));
    },
  });
  return (input) => (isCommon(input) ? together(input) : general(input));
}

function done({ events, expectedSeq }: AppendInput): Appended {
  return { appended: events.length, seq: expectedSeq + events.length };
}

function isCommon(input: AppendInput): boolean {
  return (
    input.events.length > 0 &&
    !input.events.some((event) => event.type === "command.started") &&
    !input.commands?.some((command) => command.attempt > 1) &&
    // Nothing is taken back.
    input.summary?.ended_at !== null &&
    input.summary?.error !== null
  );
}
