import { type JsonObject, NoetlError } from "@noetl/core";
import type { Context } from "../context.ts";
import type { Frame, FrameStatus, Stage, Stages } from "../port/stages.ts";
import { forUpdate } from "../sql/lock.ts";
import { type Operation, type Row, raw, sql } from "../sql/statement.ts";
import { at, int, json, jsonObject, ms, msOrNull, text, textOrNull, toJson } from "../sql/values.ts";

const ACTIVE: readonly FrameStatus[] = ["CLAIMED", "RUNNING"];
const OVER: readonly FrameStatus[] = ["COMPLETED", "FAILED", "ABANDONED"];

/** `Stages` over any database; tables `noetl.stage`, `noetl.frame`. */
export function stages(context: Context): Stages {
  const { db, clock, ids } = context;

  /** The frame, locked, when this worker may change it. */
  function* held(frameId: string, worker: string): Operation<Frame> {
    const [row] = yield sql`SELECT ${frameColumns} FROM noetl.frame WHERE frame_id = ${frameId} ${forUpdate(db)}`;
    if (!row) throw new NoetlError("not_found", "FRAME_NOT_FOUND", `frame not found: ${frameId}`);
    const frame = frameOf(row);
    if (OVER.includes(frame.status)) throw refused("frame_already_terminal", `frame ${frameId} is ${frame.status}`);
    if (!ACTIVE.includes(frame.status)) throw refused("frame_not_active", `frame ${frameId} is ${frame.status}`);
    if (frame.owner_worker === worker) return frame;
    throw refused("frame_owner_mismatch", `frame ${frameId} belongs to ${frame.owner_worker}`);
  }

  return {
    open: (stage) =>
      db.write(function* () {
        yield sql`
          INSERT INTO noetl.stage (stage_id, execution_id, kind, step_name, status, frame_policy, started_at)
          VALUES (${stage.stage_id}, ${stage.execution_id}, ${stage.kind}, ${stage.step_name}, 'OPEN',
            ${JSON.stringify(stage.frame_policy)}, ${at(clock.now())})
          ON CONFLICT (stage_id) DO NOTHING`;
        const [row] = yield sql`SELECT ${stageColumns} FROM noetl.stage WHERE stage_id = ${stage.stage_id}`;
        if (!row) throw new NoetlError("internal", "STAGE_LOST", `stage ${stage.stage_id} was not stored`);
        return stageOf(row);
      }),
    get: (stageId) =>
      db.read(function* () {
        const [row] = yield sql`SELECT ${stageColumns} FROM noetl.stage WHERE stage_id = ${stageId}`;
        return row && stageOf(row);
      }),
    close: (stageId) =>
      db.write(function* () {
        const now = at(clock.now());
        const closed = yield sql`UPDATE noetl.stage SET status = 'CLOSED', ended_at = ${now}
          WHERE stage_id = ${stageId} AND status = 'OPEN' RETURNING stage_id`;
        yield sql`UPDATE noetl.frame SET status = 'ABANDONED', completed_at = ${now}
          WHERE stage_id = ${stageId} AND status IN ('PENDING', 'CLAIMED', 'RUNNING')`;
        return closed.length === 1;
      }),
    claim: (input) =>
      db.write(function* () {
        const { stage_id, worker_id, command_id = null, count, lease_ms, cursor } = input;
        const now = clock.now();
        const until = at(now + lease_ms);
        // The stage's row is the lock of all claims of its frames.
        const [row] = yield sql`SELECT ${stageColumns} FROM noetl.stage WHERE stage_id = ${stage_id} ${forUpdate(db)}`;
        if (!row) throw new NoetlError("not_found", "STAGE_NOT_FOUND", `stage not found: ${stage_id}`);
        const stage = stageOf(row);
        if (stage.status !== "OPEN") throw refused("stage_not_open", `stage ${stage_id} is ${stage.status}`);
        const taken = yield sql`
          UPDATE noetl.frame SET status = 'CLAIMED', owner_worker = ${worker_id}, command_id = ${command_id},
            lease_until = ${until}, attempts = attempts + 1
          WHERE frame_id IN (
            SELECT frame_id FROM noetl.frame
            WHERE stage_id = ${stage_id}
              AND (status = 'PENDING' OR (status IN ('CLAIMED', 'RUNNING') AND lease_until <= ${at(now)}))
            ORDER BY frame_id LIMIT ${count})
          RETURNING ${frameColumns}`;
        const frames = taken.map(frameOf);
        for (let more = 0; cursor && frames.length < count; more += 1) {
          const place = behind(cursor, more);
          const [made] = yield sql`
            INSERT INTO noetl.frame (frame_id, stage_id, execution_id, command_id, cursor, slot_key, status, owner_worker, lease_until, attempts)
            VALUES (${ids.next()}, ${stage_id}, ${stage.execution_id}, ${command_id}, ${JSON.stringify(place)}, ${slotOf(place)},
              'CLAIMED', ${worker_id}, ${until}, 1)
            ON CONFLICT (stage_id, slot_key) DO NOTHING RETURNING ${frameColumns}`;
          if (!made) break;
          frames.push(frameOf(made));
        }
        if (cursor && frames.length === 0) {
          throw refused("frame_claim_conflict", `another worker has this place of stage ${stage_id}`);
        }
        return frames;
      }),
    heartbeat: ({ frame_id, worker_id, lease_ms, status }) =>
      db.write(function* () {
        yield* held(frame_id, worker_id);
        const [row] = yield sql`UPDATE noetl.frame SET status = ${status}, lease_until = ${at(clock.now() + lease_ms)}
          WHERE frame_id = ${frame_id} RETURNING ${frameColumns}`;
        return frameOf(row ?? {});
      }),
    commit: (input) =>
      db.write(function* () {
        const { frame_id, worker_id, status, cursor, row_count, output_ref, events_emitted, error = null } = input;
        const [known] = yield sql`SELECT ${frameColumns} FROM noetl.frame WHERE frame_id = ${frame_id}`;
        if (known && known.owner_worker === worker_id && known.status === status) return frameOf(known);
        const frame = yield* held(frame_id, worker_id);
        const [row] = yield sql`
          UPDATE noetl.frame SET status = ${status}, cursor = ${JSON.stringify(cursor ?? frame.cursor)}, row_count = ${row_count},
            output_ref = ${toJson(output_ref)}, events_emitted = ${events_emitted}, error = ${error},
            lease_until = NULL, completed_at = ${at(clock.now())}
          WHERE frame_id = ${frame_id} RETURNING ${frameColumns}`;
        return frameOf(row ?? {});
      }),
    backlog: () =>
      db.read(function* () {
        const rows = yield sql`SELECT status, count(*) AS frames FROM noetl.frame
          WHERE status IN ('PENDING', 'CLAIMED', 'RUNNING') GROUP BY status`;
        return rows.map((row) => ({ status: text(row.status) as FrameStatus, frames: int(row.frames) }));
      }),
  };
}

const stageColumns = raw("stage_id, execution_id, kind, step_name, status, frame_policy, started_at, ended_at");
const frameColumns =
  raw(`frame_id, stage_id, execution_id, status, cursor, lease_until, owner_worker, parent_frame_id, command_id,
  row_count, output_ref, events_emitted, attempts, error`);

function refused(code: string, message: string): NoetlError {
  return new NoetlError("conflict", code, message, { data: { code } });
}

/** The same lane of the cursor, `more` frames on. */
function behind(cursor: JsonObject, more: number): JsonObject {
  const { frame_index } = cursor;
  return more === 0 || typeof frame_index !== "number" ? cursor : { ...cursor, frame_index: frame_index + more };
}

/** Two workers cannot have the same frame of the same lane; a cursor that names none is nobody's place. */
function slotOf({ worker_slot_id, frame_index }: JsonObject): string | null {
  if (worker_slot_id === undefined || frame_index === undefined) return null;
  return JSON.stringify([worker_slot_id, frame_index]);
}

function stageOf(row: Row): Stage {
  return {
    stage_id: text(row.stage_id),
    execution_id: text(row.execution_id),
    kind: text(row.kind) as Stage["kind"],
    step_name: text(row.step_name),
    status: text(row.status) as Stage["status"],
    frame_policy: jsonObject(row.frame_policy),
    started_at: ms(row.started_at),
    ended_at: msOrNull(row.ended_at),
  };
}

function frameOf(row: Row): Frame {
  return {
    frame_id: text(row.frame_id),
    stage_id: text(row.stage_id),
    execution_id: text(row.execution_id),
    status: text(row.status) as FrameStatus,
    cursor: jsonObject(row.cursor),
    lease_until: msOrNull(row.lease_until),
    owner_worker: textOrNull(row.owner_worker),
    parent_frame_id: textOrNull(row.parent_frame_id),
    command_id: textOrNull(row.command_id),
    row_count: int(row.row_count),
    output_ref: json(row.output_ref),
    events_emitted: int(row.events_emitted),
    attempts: int(row.attempts),
    error: textOrNull(row.error),
  };
}
