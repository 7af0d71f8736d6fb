/**
 * What stands beside runs (server-api §5.2): frames that workers claim by themselves, bytes that they share, who was given
 * which secret, writes elsewhere that nobody has confirmed, logs of other control planes. An older NoETL may have made some.
 */
export const besideTables = `
CREATE TABLE IF NOT EXISTS noetl.stage (
  stage_id bigint PRIMARY KEY,
  execution_id bigint NOT NULL,
  kind text NOT NULL DEFAULT 'loop',
  step_name text,
  status text NOT NULL DEFAULT 'OPEN',
  frame_policy jsonb,
  started_at timestamptz NOT NULL DEFAULT now(),
  ended_at timestamptz
);
CREATE TABLE IF NOT EXISTS noetl.frame (
  frame_id bigint PRIMARY KEY,
  stage_id bigint NOT NULL,
  execution_id bigint NOT NULL,
  parent_frame_id bigint,
  command_id bigint,
  cursor jsonb,
  row_count integer NOT NULL DEFAULT 0,
  status text NOT NULL DEFAULT 'PENDING',
  owner_worker text,
  lease_until timestamptz,
  output_ref jsonb,
  events_emitted integer NOT NULL DEFAULT 0,
  attempts integer NOT NULL DEFAULT 0,
  completed_at timestamptz
);
ALTER TABLE noetl.frame ADD COLUMN IF NOT EXISTS slot_key text, ADD COLUMN IF NOT EXISTS error text;
CREATE UNIQUE INDEX IF NOT EXISTS frame_slot ON noetl.frame (stage_id, slot_key);
CREATE INDEX IF NOT EXISTS frame_open ON noetl.frame (stage_id, frame_id) WHERE status IN ('PENDING', 'CLAIMED', 'RUNNING');

CREATE TABLE IF NOT EXISTS noetl.object_store (object_key text PRIMARY KEY);
ALTER TABLE noetl.object_store
  ADD COLUMN IF NOT EXISTS body bytea,
  ADD COLUMN IF NOT EXISTS media_type text NOT NULL DEFAULT 'application/octet-stream',
  ADD COLUMN IF NOT EXISTS bytes bigint NOT NULL DEFAULT 0,
  ADD COLUMN IF NOT EXISTS sha256 text NOT NULL DEFAULT '',
  ADD COLUMN IF NOT EXISTS created_at timestamptz NOT NULL DEFAULT now(),
  ADD COLUMN IF NOT EXISTS updated_at timestamptz NOT NULL DEFAULT now();

CREATE TABLE IF NOT EXISTS noetl.secret_audit (audit_id bigint PRIMARY KEY);
ALTER TABLE noetl.secret_audit
  ADD COLUMN IF NOT EXISTS action text NOT NULL DEFAULT 'read',
  ADD COLUMN IF NOT EXISTS kind text NOT NULL DEFAULT 'credential',
  ADD COLUMN IF NOT EXISTS name text NOT NULL DEFAULT '',
  ADD COLUMN IF NOT EXISTS actor text,
  ADD COLUMN IF NOT EXISTS execution_id bigint,
  ADD COLUMN IF NOT EXISTS created_at timestamptz NOT NULL DEFAULT now();
CREATE INDEX IF NOT EXISTS secret_audit_time ON noetl.secret_audit (created_at);

CREATE TABLE IF NOT EXISTS noetl.sink_pending (execution_id bigint PRIMARY KEY);
ALTER TABLE noetl.sink_pending
  ADD COLUMN IF NOT EXISTS worker_id text,
  ADD COLUMN IF NOT EXISTS created_at timestamptz NOT NULL DEFAULT now();

CREATE TABLE IF NOT EXISTS noetl.mirrored_event (
  execution_id bigint NOT NULL,
  event_id bigint NOT NULL,
  event_type text NOT NULL,
  created_at timestamptz NOT NULL,
  envelope jsonb NOT NULL,
  PRIMARY KEY (execution_id, event_id)
);
`;
