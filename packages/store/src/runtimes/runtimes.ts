import type { Context } from "../context.ts";
import type { Runtime, Runtimes } from "../port/runtimes.ts";
import { type Operation, type Row, sql, where } from "../sql/statement.ts";
import { at, intOrNull, json, jsonObjectOrNull, ms, text, textOrNull, toJson } from "../sql/values.ts";

/** `Runtimes` over any database (server-api §2.9). */
export function runtimes(context: Context): Runtimes {
  const { db, clock, ids } = context;
  return {
    register: (input) => db.write(() => register(input, ids.next(), clock.now())),
    heartbeat: (kind, name) =>
      db.write(function* () {
        const now = at(clock.now());
        const [row] = yield sql`UPDATE noetl.runtime SET status = 'ready', heartbeat = ${now}, updated_at = ${now}
          WHERE kind = ${kind} AND name = ${name} RETURNING ${columns}`;
        return row && runtime(row);
      }),
    deregister: (kind, name) =>
      db.write(function* () {
        const rows = yield sql`UPDATE noetl.runtime SET status = 'offline', updated_at = ${at(clock.now())}
          WHERE kind = ${kind} AND name = ${name} RETURNING name`;
        return rows.length === 1;
      }),
    get: (kind, name) =>
      db.read(function* () {
        const [row] = yield sql`SELECT ${columns} FROM noetl.runtime WHERE kind = ${kind} AND name = ${name}`;
        return row && runtime(row);
      }),
    list: (filter = {}) =>
      db.read(function* () {
        const conditions = [];
        if (filter.kind !== undefined) conditions.push(sql`kind = ${filter.kind}`);
        if (filter.status !== undefined) conditions.push(sql`status = ${filter.status}`);
        const rows = yield sql`SELECT ${columns} FROM noetl.runtime ${where(conditions)} ORDER BY kind, name`;
        return rows.map(runtime);
      }),
    sweep: (before) =>
      db.write(function* () {
        const rows = yield sql`UPDATE noetl.runtime SET status = 'offline', updated_at = ${at(clock.now())}
          WHERE heartbeat < ${at(before)} AND status <> 'offline' RETURNING name`;
        return rows.map((row) => text(row.name));
      }),
  };
}

const columns = sql`runtime_id, name, kind, uri, status, labels, capabilities, runtime, capacity, heartbeat, created_at, updated_at`;

function runtime(row: Row): Runtime {
  return {
    runtime_id: text(row.runtime_id),
    name: text(row.name),
    kind: text(row.kind) as Runtime["kind"],
    uri: textOrNull(row.uri),
    status: text(row.status),
    labels: jsonObjectOrNull(row.labels),
    capabilities: json(row.capabilities),
    runtime: jsonObjectOrNull(row.runtime),
    capacity: intOrNull(row.capacity),
    heartbeat: ms(row.heartbeat),
    created_at: ms(row.created_at),
    updated_at: ms(row.updated_at),
  };
}

function* register(input: Parameters<Runtimes["register"]>[0], id: string, now: number): Operation<Runtime> {
  const [row] = yield sql`
    INSERT INTO noetl.runtime (runtime_id, name, kind, uri, status, labels, capabilities, runtime, capacity, heartbeat, created_at, updated_at)
    VALUES (${id}, ${input.name}, ${input.kind}, ${input.uri ?? null}, ${input.status ?? "ready"}, ${toJson(input.labels)},
      ${toJson(input.capabilities)}, ${toJson(input.runtime)}, ${input.capacity ?? null}, ${at(now)}, ${at(now)}, ${at(now)})
    ON CONFLICT (kind, name) DO UPDATE SET uri = excluded.uri, status = excluded.status, labels = excluded.labels,
      capabilities = excluded.capabilities, runtime = excluded.runtime, capacity = excluded.capacity,
      heartbeat = excluded.heartbeat, updated_at = excluded.updated_at
    RETURNING ${columns}`;
  return runtime(row ?? {});
}
