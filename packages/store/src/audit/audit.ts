import type { Context } from "../context.ts";
import type { SecretAccess, SecretAudit } from "../port/audit.ts";
import { type Row, type Statement, sql, where } from "../sql/statement.ts";
import { at, ms, text, textOrNull } from "../sql/values.ts";

/** `SecretAudit` over any database; table `noetl.secret_audit`. */
export function secretAudit({ db, clock, ids }: Context): SecretAudit {
  return {
    record: ({ action, kind, name, actor, execution_id }) =>
      db.write(function* () {
        yield sql`
          INSERT INTO noetl.secret_audit (audit_id, action, kind, name, actor, execution_id, created_at)
          VALUES (${ids.next()}, ${action}, ${kind}, ${name}, ${actor}, ${execution_id}, ${at(clock.now())})`;
      }),
    list: ({ name, execution_id, limit }) =>
      db.read(function* () {
        const asked: Statement[] = [];
        if (name !== undefined) asked.push(sql`name = ${name}`);
        if (execution_id !== undefined) asked.push(sql`execution_id = ${execution_id}`);
        const rows =
          yield sql`SELECT action, kind, name, actor, execution_id, created_at FROM noetl.secret_audit ${where(asked)}
          ORDER BY audit_id DESC LIMIT ${limit}`;
        return rows.map(accessOf);
      }),
    purge: (before) =>
      db.write(function* () {
        const gone = yield sql`DELETE FROM noetl.secret_audit WHERE created_at < ${at(before)} RETURNING audit_id`;
        return gone.length;
      }),
  };
}

function accessOf(row: Row): SecretAccess & { at: number } {
  return {
    action: text(row.action) as SecretAccess["action"],
    kind: text(row.kind),
    name: text(row.name),
    actor: textOrNull(row.actor),
    execution_id: textOrNull(row.execution_id),
    at: ms(row.created_at),
  };
}
