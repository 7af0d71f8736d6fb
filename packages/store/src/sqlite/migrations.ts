import { besideTables } from "./beside.ts";
import { cheapIndexes } from "./cheap-indexes.ts";

/** Forward only; the position in the list is the version (`PRAGMA user_version`). Never edit one that was released. */
export const migrations: readonly string[] = [
  `
CREATE TABLE noetl.execution (
  execution_id INTEGER PRIMARY KEY,
  catalog_id INTEGER,
  parent_execution_id INTEGER,
  root_execution_id INTEGER NOT NULL,
  path TEXT NOT NULL,
  name TEXT NOT NULL,
  version TEXT,
  source TEXT,
  status TEXT NOT NULL,
  definition TEXT NOT NULL,
  resumed_from INTEGER,
  error TEXT,
  seq INTEGER NOT NULL DEFAULT 0,
  start_time TEXT NOT NULL,
  end_time TEXT,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL
);
CREATE INDEX noetl.execution_path ON execution (path, execution_id DESC);
CREATE INDEX noetl.execution_source ON execution (source, execution_id DESC) WHERE source IS NOT NULL;
CREATE INDEX noetl.execution_parent ON execution (parent_execution_id) WHERE parent_execution_id IS NOT NULL;
CREATE INDEX noetl.execution_open ON execution (status, execution_id DESC);

CREATE TABLE noetl.definition (sha256 TEXT PRIMARY KEY, content TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE noetl.event (
  execution_id INTEGER NOT NULL,
  event_id INTEGER NOT NULL,
  stream_version INTEGER NOT NULL,
  event_type TEXT NOT NULL,
  node_name TEXT,
  command_key TEXT,
  status TEXT NOT NULL,
  created_at TEXT NOT NULL,
  body TEXT NOT NULL
);
CREATE UNIQUE INDEX noetl.event_key ON event (execution_id, event_id);
CREATE INDEX noetl.event_order ON event (execution_id, stream_version);
CREATE UNIQUE INDEX noetl.event_command_end ON event (execution_id, event_type, command_key)
  WHERE event_type IN ('command.completed', 'command.failed', 'command.cancelled');
CREATE UNIQUE INDEX noetl.event_run_end ON event (execution_id)
  WHERE event_type IN ('playbook.completed', 'playbook.failed', 'execution.cancelled');

CREATE TABLE noetl.command (
  command_id INTEGER PRIMARY KEY,
  event_id INTEGER NOT NULL,
  execution_id INTEGER NOT NULL,
  catalog_id INTEGER,
  command_key TEXT NOT NULL,
  step_name TEXT NOT NULL,
  tool_kind TEXT NOT NULL,
  pool TEXT NOT NULL,
  status TEXT NOT NULL DEFAULT 'PENDING',
  attempt INTEGER NOT NULL,
  claims INTEGER NOT NULL DEFAULT 0,
  fence INTEGER NOT NULL DEFAULT 0,
  worker_id TEXT,
  claimed_at TEXT,
  started_at TEXT,
  heartbeat_at TEXT,
  lease_until TEXT,
  reserved_until TEXT,
  completed_at TEXT,
  body TEXT,
  meta TEXT,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL
);
CREATE INDEX noetl.command_key ON command (execution_id, command_key);
CREATE INDEX noetl.command_ready ON command (pool, command_id) WHERE status = 'PENDING';
CREATE INDEX noetl.command_held ON command (lease_until) WHERE status IN ('CLAIMED', 'RUNNING');
CREATE INDEX noetl.command_open ON command (execution_id) WHERE status IN ('PENDING', 'CLAIMED', 'RUNNING');

CREATE TABLE noetl.outbox (
  outbox_id INTEGER PRIMARY KEY AUTOINCREMENT,
  execution_id INTEGER,
  event_id INTEGER NOT NULL,
  subject TEXT NOT NULL,
  payload TEXT NOT NULL,
  status TEXT NOT NULL DEFAULT 'PENDING',
  attempts INTEGER NOT NULL DEFAULT 0,
  available_at TEXT NOT NULL,
  locked_at TEXT,
  published_at TEXT,
  last_error TEXT,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL
);
CREATE UNIQUE INDEX noetl.outbox_key ON outbox (execution_id, event_id, subject);
CREATE INDEX noetl.outbox_due ON outbox (available_at, outbox_id) WHERE status <> 'PUBLISHED';
CREATE INDEX noetl.outbox_done ON outbox (published_at) WHERE status = 'PUBLISHED';

CREATE TABLE noetl.catalog (
  catalog_id INTEGER PRIMARY KEY,
  path TEXT NOT NULL,
  version INTEGER NOT NULL,
  kind TEXT NOT NULL,
  content TEXT,
  layout TEXT,
  payload TEXT,
  meta TEXT,
  created_at TEXT NOT NULL,
  archived_at TEXT,
  UNIQUE (path, version)
);
CREATE INDEX noetl.catalog_kind ON catalog (kind, catalog_id DESC);

CREATE TABLE noetl.credential (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  type TEXT NOT NULL,
  data_encrypted TEXT NOT NULL,
  meta TEXT,
  tags TEXT,
  description TEXT,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL
);

CREATE TABLE noetl.keychain (
  cache_key TEXT PRIMARY KEY,
  keychain_name TEXT NOT NULL,
  catalog_id INTEGER,
  credential_type TEXT NOT NULL,
  cache_type TEXT NOT NULL,
  scope_type TEXT NOT NULL,
  execution_id INTEGER,
  parent_execution_id INTEGER,
  data_encrypted TEXT NOT NULL,
  expires_at TEXT NOT NULL,
  created_at TEXT NOT NULL,
  accessed_at TEXT NOT NULL,
  access_count INTEGER NOT NULL DEFAULT 0,
  auto_renew INTEGER NOT NULL DEFAULT 0,
  renew_config TEXT
) WITHOUT ROWID;
CREATE INDEX noetl.keychain_catalog ON keychain (catalog_id);
CREATE INDEX noetl.keychain_expiry ON keychain (expires_at);
CREATE INDEX noetl.keychain_execution ON keychain (execution_id) WHERE execution_id IS NOT NULL;

CREATE TABLE noetl.transient (
  execution_id INTEGER NOT NULL,
  var_name TEXT NOT NULL,
  var_type TEXT NOT NULL,
  var_value TEXT NOT NULL,
  source_step TEXT,
  created_at TEXT NOT NULL,
  accessed_at TEXT NOT NULL,
  access_count INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (execution_id, var_name)
) WITHOUT ROWID;

CREATE TABLE noetl.runtime (
  runtime_id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  kind TEXT NOT NULL,
  uri TEXT,
  status TEXT NOT NULL,
  labels TEXT,
  capabilities TEXT,
  runtime TEXT,
  capacity INTEGER,
  heartbeat TEXT NOT NULL,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  UNIQUE (kind, name)
);

CREATE TABLE noetl.schedule (
  schedule_id INTEGER PRIMARY KEY,
  playbook_path TEXT NOT NULL,
  playbook_version TEXT,
  cron TEXT,
  interval_seconds INTEGER,
  enabled INTEGER NOT NULL DEFAULT 1,
  timezone TEXT NOT NULL DEFAULT 'UTC',
  next_run_at TEXT,
  last_run_at TEXT,
  last_status TEXT,
  input_payload TEXT,
  meta TEXT,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL
);
CREATE INDEX noetl.schedule_due ON schedule (next_run_at) WHERE enabled;

CREATE TABLE noetl.result_store (
  result_id INTEGER PRIMARY KEY,
  execution_id INTEGER NOT NULL,
  name TEXT NOT NULL,
  ref TEXT NOT NULL UNIQUE,
  store TEXT NOT NULL,
  scope TEXT NOT NULL,
  body TEXT,
  file TEXT,
  bytes INTEGER NOT NULL,
  sha256 TEXT NOT NULL,
  created_at TEXT NOT NULL,
  expires_at TEXT
);
CREATE INDEX noetl.result_execution ON result_store (execution_id, name);
CREATE INDEX noetl.result_expiry ON result_store (expires_at) WHERE expires_at IS NOT NULL;

CREATE TABLE noetl.subscription_dedup (
  subscription_id TEXT NOT NULL,
  dedup_key TEXT NOT NULL,
  execution_id INTEGER NOT NULL,
  created_at TEXT NOT NULL,
  expires_at TEXT NOT NULL,
  PRIMARY KEY (subscription_id, dedup_key)
) WITHOUT ROWID;
CREATE INDEX noetl.subscription_dedup_expiry ON subscription_dedup (expires_at);

CREATE TABLE noetl.lease (name TEXT PRIMARY KEY, owner TEXT NOT NULL, expires_at TEXT NOT NULL) WITHOUT ROWID;
`,
  besideTables,
  cheapIndexes,
];
