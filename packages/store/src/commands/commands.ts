import type { Context } from "../context.ts";
import type { Commands } from "../port/commands.ts";
import { list, raw, sql } from "../sql/statement.ts";
import { json } from "../sql/values.ts";
import { claim } from "./claim.ts";
import { heartbeat, release } from "./lease.ts";
import { depth, ready, stalled } from "./ready.ts";
import { columns, commandRow } from "./row.ts";

/** `Commands` over any database. */
export function commands(context: Context): Commands {
  const { db, clock } = context;
  return {
    get: (eventId) =>
      db.read(function* () {
        const [row] = yield sql`SELECT ${columns}, body FROM noetl.command WHERE command_id = ${eventId}`;
        return row && { ...commandRow(row), body: json(row.body) };
      }),
    find: (executionId, commandId) =>
      db.read(function* () {
        const [row] = yield sql`SELECT ${columns} FROM noetl.command
          WHERE execution_id = ${executionId} AND command_key = ${commandId} ORDER BY command_id DESC LIMIT 1`;
        return row && commandRow(row);
      }),
    list: ({ execution_id, status }) =>
      db.read(function* () {
        const wanted = status === undefined ? raw("") : sql`AND status IN ${list(status)}`;
        const rows = yield sql`SELECT ${columns} FROM noetl.command WHERE execution_id = ${execution_id} ${wanted}
          ORDER BY command_id`;
        return rows.map(commandRow);
      }),
    // Who holds a command may be forgotten in a power cut, as if the lease had lapsed; what came of it may not.
    claim: (input) => db.write(() => claim(db, input, clock.now()), { durable: false }),
    heartbeat: (input) => db.write(() => heartbeat(input, clock.now()), { atomic: false, durable: false }),
    release: (input) => db.write(() => release(input, clock.now()), { atomic: false, durable: false }),
    ready: (input) => db.write(() => ready(db, input, clock.now()), { durable: false }),
    stalled: (input) => db.read(() => stalled(input, clock.now())),
    depth: () => db.read(depth),
  };
}
