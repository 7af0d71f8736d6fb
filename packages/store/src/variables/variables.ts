import type { Context } from "../context.ts";
import type { Variable, Variables, VariableType } from "../port/variables.ts";
import { type Row, raw, sql } from "../sql/statement.ts";
import { at, int, json, ms, text, textOrNull } from "../sql/values.ts";

/** `Variables` over any database; table `noetl.transient`. */
export function variables(context: Context): Variables {
  const { db, clock } = context;
  return {
    put: (executionId, entries) =>
      db.write(function* () {
        const now = at(clock.now());
        for (const { name, value, type = "user_defined", source_step = null } of entries) {
          yield sql`
            INSERT INTO noetl.transient (execution_id, var_name, var_type, var_value, source_step, created_at, accessed_at)
            VALUES (${executionId}, ${name}, ${type}, ${JSON.stringify(value)}, ${source_step}, ${now}, ${now})
            ON CONFLICT (execution_id, var_name) DO UPDATE SET var_type = excluded.var_type, var_value = excluded.var_value,
              source_step = excluded.source_step, accessed_at = excluded.accessed_at`;
        }
      }),
    get: (executionId, name) =>
      db.write(function* () {
        const [row] =
          yield sql`UPDATE noetl.transient SET accessed_at = ${at(clock.now())}, access_count = access_count + 1
          WHERE execution_id = ${executionId} AND var_name = ${name} RETURNING ${columns}`;
        return row && variable(row);
      }),
    list: (executionId) =>
      db.read(function* () {
        const rows =
          yield sql`SELECT ${columns} FROM noetl.transient WHERE execution_id = ${executionId} ORDER BY var_name`;
        return rows.map(variable);
      }),
    delete: (executionId, name) =>
      db.write(function* () {
        const only = name === undefined ? raw("") : sql`AND var_name = ${name}`;
        const gone =
          yield sql`DELETE FROM noetl.transient WHERE execution_id = ${executionId} ${only} RETURNING var_name`;
        return gone.length;
      }),
  };
}

const columns = sql`var_name, var_type, var_value, source_step, created_at, accessed_at, access_count`;

function variable(row: Row): Variable {
  return {
    name: text(row.var_name),
    value: json(row.var_value),
    type: text(row.var_type) as VariableType,
    source_step: textOrNull(row.source_step),
    created_at: ms(row.created_at),
    accessed_at: ms(row.accessed_at),
    access_count: int(row.access_count),
  };
}
