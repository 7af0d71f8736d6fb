/** Stands beside runs: see migration 0004 of PostgreSQL. */
export const besideTables = `
CREATE TABLE noetl.stage (
  stage_id INTEGER PRIMARY KEY,
  execution_id INTEGER NOT NULL,
  kind TEXT NOT NULL,
  step_name TEXT,
  status TEXT NOT NULL,
  frame_policy TEXT,
  started_at TEXT NOT NULL,
  ended_at TEXT
);
CREATE TABLE noetl.frame (
  frame_id INTEGER PRIMARY KEY,
  stage_id INTEGER NOT NULL,
  execution_id INTEGER NOT NULL,
  parent_frame_id INTEGER,
  command_id INTEGER,
  cursor TEXT,
  slot_key TEXT,
  row_count INTEGER NOT NULL DEFAULT 0,
  status TEXT NOT NULL,
  owner_worker TEXT,
  lease_until TEXT,
  output_ref TEXT,
  events_emitted INTEGER NOT NULL DEFAULT 0,
  attempts INTEGER NOT NULL DEFAULT 0,
  error TEXT,
  completed_at TEXT
);
CREATE UNIQUE INDEX noetl.frame_slot ON frame (stage_id, slot_key);
CREATE INDEX noetl.frame_open ON frame (stage_id, frame_id) WHERE status IN ('PENDING', 'CLAIMED', 'RUNNING');
CREATE TABLE noetl.object_store (
  object_key TEXT PRIMARY KEY,
  body BLOB NOT NULL,
  media_type TEXT NOT NULL,
  bytes INTEGER NOT NULL,
  sha256 TEXT NOT NULL,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL
);
CREATE TABLE noetl.secret_audit (
  audit_id INTEGER PRIMARY KEY,
  action TEXT NOT NULL,
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  actor TEXT,
  execution_id INTEGER,
  created_at TEXT NOT NULL
);
CREATE INDEX noetl.secret_audit_time ON secret_audit (created_at);
CREATE TABLE noetl.sink_pending (execution_id INTEGER PRIMARY KEY, worker_id TEXT, created_at TEXT NOT NULL);
CREATE TABLE noetl.mirrored_event (
  execution_id INTEGER NOT NULL,
  event_id INTEGER NOT NULL,
  event_type TEXT NOT NULL,
  created_at TEXT NOT NULL,
  envelope TEXT NOT NULL,
  PRIMARY KEY (execution_id, event_id)
) WITHOUT ROWID;
`;
