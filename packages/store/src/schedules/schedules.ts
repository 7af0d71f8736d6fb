import type { Context } from "../context.ts";
import type { Schedule, Schedules } from "../port/schedules.ts";
import { type Operation, type Row, sql } from "../sql/statement.ts";
import { at, bool, intOrNull, jsonObject, msOrNull, text, textOrNull, toJson } from "../sql/values.ts";

/** `Schedules` over any database. */
export function schedules(context: Context): Schedules {
  const { db, clock, ids } = context;
  return {
    put: (input) => db.write(() => put(input, input.schedule_id ?? ids.next(), clock.now())),
    get: (scheduleId) =>
      db.read(function* () {
        const [row] = yield sql`SELECT ${columns} FROM noetl.schedule WHERE schedule_id = ${scheduleId}`;
        return row && schedule(row);
      }),
    list: () =>
      db.read(function* () {
        const rows = yield sql`SELECT ${columns} FROM noetl.schedule ORDER BY schedule_id`;
        return rows.map(schedule);
      }),
    delete: (scheduleId) =>
      db.write(function* () {
        const gone = yield sql`DELETE FROM noetl.schedule WHERE schedule_id = ${scheduleId} RETURNING schedule_id`;
        return gone.length === 1;
      }),
    due: (now, limit) =>
      db.read(function* () {
        const rows = yield sql`SELECT ${columns} FROM noetl.schedule WHERE enabled AND next_run_at <= ${at(now)}
          ORDER BY next_run_at LIMIT ${limit}`;
        return rows.map(schedule);
      }),
    advance: (scheduleId, expected, next, status) =>
      db.write(function* () {
        const now = at(clock.now());
        const won = yield sql`
          UPDATE noetl.schedule SET next_run_at = ${at(next)}, last_run_at = ${now}, last_status = ${status}, updated_at = ${now}
          WHERE schedule_id = ${scheduleId} AND next_run_at = ${at(expected)} AND enabled RETURNING schedule_id`;
        return won.length === 1;
      }),
  };
}

const columns = sql`schedule_id, playbook_path, playbook_version, cron, interval_seconds, enabled, timezone, next_run_at,
  last_run_at, last_status, input_payload, meta`;

function schedule(row: Row): Schedule {
  return {
    schedule_id: text(row.schedule_id),
    playbook_path: text(row.playbook_path),
    playbook_version: textOrNull(row.playbook_version),
    cron: textOrNull(row.cron),
    interval_seconds: intOrNull(row.interval_seconds),
    enabled: bool(row.enabled),
    timezone: text(row.timezone),
    next_run_at: msOrNull(row.next_run_at),
    last_run_at: msOrNull(row.last_run_at),
    last_status: textOrNull(row.last_status),
    input_payload: jsonObject(row.input_payload),
    meta: jsonObject(row.meta),
  };
}

function* put(input: Parameters<Schedules["put"]>[0], id: string, now: number): Operation<Schedule> {
  const [row] = yield sql`
    INSERT INTO noetl.schedule (schedule_id, playbook_path, playbook_version, cron, interval_seconds, enabled, timezone, next_run_at,
      last_run_at, last_status, input_payload, meta, created_at, updated_at)
    VALUES (${id}, ${input.playbook_path}, ${input.playbook_version ?? null}, ${input.cron ?? null}, ${input.interval_seconds ?? null},
      ${input.enabled ?? true}, ${input.timezone ?? "UTC"}, ${at(input.next_run_at ?? null)}, ${at(input.last_run_at ?? null)},
      ${input.last_status ?? null}, ${toJson(input.input_payload ?? {})}, ${toJson(input.meta ?? {})}, ${at(now)}, ${at(now)})
    ON CONFLICT (schedule_id) DO UPDATE SET playbook_path = excluded.playbook_path, playbook_version = excluded.playbook_version,
      cron = excluded.cron, interval_seconds = excluded.interval_seconds, enabled = excluded.enabled, timezone = excluded.timezone,
      next_run_at = excluded.next_run_at, last_run_at = excluded.last_run_at, last_status = excluded.last_status,
      input_payload = excluded.input_payload, meta = excluded.meta, updated_at = excluded.updated_at
    RETURNING ${columns}`;
  return schedule(row ?? {});
}
