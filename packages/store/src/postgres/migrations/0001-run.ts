/**
 * What a run needs (server-api §5.1). Tables that an older NoETL made are kept; 0003 adds what they lack. One unpartitioned
 * `event` table (§5.3 allows it) and the minimal indexes of §5.4: every insert pays for each.
 */
export const runTables = `
CREATE TABLE IF NOT EXISTS noetl.event (
  execution_id bigint NOT NULL,
  event_id bigint NOT NULL,
  catalog_id bigint,
  parent_event_id bigint,
  parent_execution_id bigint,
  prev_event_id bigint,
  command_id bigint,
  stage_id bigint,
  frame_id bigint,
  event_type varchar NOT NULL,
  node_id varchar,
  node_name varchar,
  node_type varchar,
  status varchar,
  worker_id varchar,
  duration double precision,
  context jsonb,
  result jsonb,
  meta jsonb,
  error text,
  current_index integer,
  current_item text,
  tenant_id text NOT NULL DEFAULT 'default',
  organization_id text NOT NULL DEFAULT 'default',
  stream_id text,
  stream_version bigint,
  aggregate_type text,
  aggregate_id text,
  schema_name text,
  schema_version integer NOT NULL DEFAULT 1,
  event_time timestamptz NOT NULL DEFAULT now(),
  ingest_time timestamptz NOT NULL DEFAULT now(),
  producer text,
  causation_id text,
  correlation_id text,
  idempotency_key text,
  payload_ref jsonb,
  envelope_checksum text,
  created_at timestamp NOT NULL DEFAULT (now() AT TIME ZONE 'utc'),
  PRIMARY KEY (execution_id, event_id)
);

CREATE TABLE IF NOT EXISTS noetl.command (
  command_id bigint NOT NULL,
  event_id bigint NOT NULL,
  execution_id bigint NOT NULL,
  catalog_id bigint,
  parent_execution_id bigint,
  parent_command_id bigint,
  step_name text NOT NULL,
  tool_kind text,
  status text NOT NULL DEFAULT 'PENDING',
  worker_id text,
  claimed_at timestamptz,
  started_at timestamptz,
  completed_at timestamptz,
  attempt integer NOT NULL DEFAULT 1,
  context jsonb,
  iter_index integer,
  meta jsonb,
  result jsonb,
  error text,
  latest_event_id bigint,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (execution_id, command_id)
);

CREATE TABLE IF NOT EXISTS noetl.execution (
  execution_id bigint PRIMARY KEY,
  catalog_id bigint,
  parent_execution_id bigint,
  status varchar NOT NULL,
  last_event_type varchar,
  last_node_name varchar,
  last_event_id bigint,
  start_time timestamptz,
  end_time timestamptz,
  error text,
  state jsonb,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE IF NOT EXISTS noetl.definition (sha256 text PRIMARY KEY, content text NOT NULL);

CREATE TABLE IF NOT EXISTS noetl.outbox (
  outbox_id bigserial PRIMARY KEY,
  execution_id bigint,
  event_id bigint NOT NULL,
  subject text,
  payload json NOT NULL,
  payload_bytes bytea,
  payload_codec text NOT NULL DEFAULT 'json',
  status text NOT NULL DEFAULT 'PENDING' CHECK (status IN ('PENDING', 'IN_FLIGHT', 'PUBLISHED', 'FAILED')),
  attempts integer NOT NULL DEFAULT 0,
  available_at timestamptz NOT NULL DEFAULT now(),
  locked_at timestamptz,
  published_at timestamptz,
  last_error text,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE IF NOT EXISTS noetl.result_store (
  result_id bigint PRIMARY KEY,
  execution_id bigint NOT NULL,
  name text NOT NULL,
  scope text NOT NULL,
  source_step text,
  data jsonb,
  bytes bigint,
  sha256 text,
  media_type text,
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz
);
`;
