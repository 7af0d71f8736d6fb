import type { Context } from "../context.ts";
import type { Sinks } from "../port/audit.ts";
import { sql } from "../sql/statement.ts";
import { at, ms, textOrNull } from "../sql/values.ts";

/** `Sinks` over any database; table `noetl.sink_pending`. */
export function sinks({ db, clock }: Context): Sinks {
  return {
    mark: (executionId, worker) =>
      db.write(function* () {
        const made = yield sql`
          INSERT INTO noetl.sink_pending (execution_id, worker_id, created_at) VALUES (${executionId}, ${worker}, ${at(clock.now())})
          ON CONFLICT (execution_id) DO NOTHING RETURNING execution_id`;
        return made.length === 1;
      }),
    pending: (executionId) =>
      db.read(function* () {
        const [row] =
          yield sql`SELECT worker_id, created_at FROM noetl.sink_pending WHERE execution_id = ${executionId}`;
        return row && { worker_id: textOrNull(row.worker_id), since: ms(row.created_at) };
      }),
    clear: (executionId) =>
      db.write(function* () {
        const gone =
          yield sql`DELETE FROM noetl.sink_pending WHERE execution_id = ${executionId} RETURNING execution_id`;
        return gone.length === 1;
      }),
  };
}
