/** Catalog, secrets, variables, runtimes, schedules (server-api §5.1). No foreign keys: see §5.5. */
export const registryTables = `
CREATE SEQUENCE IF NOT EXISTS noetl.snowflake_sequence;
CREATE OR REPLACE FUNCTION noetl.snowflake_id() RETURNS bigint LANGUAGE sql VOLATILE AS $$
  SELECT ((floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint - 1704067200000) << 22)
    | (1023::bigint << 12) | (nextval('noetl.snowflake_sequence') % 4096)
$$;

CREATE TABLE IF NOT EXISTS noetl.resource (name varchar PRIMARY KEY, meta jsonb);
INSERT INTO noetl.resource (name, meta)
SELECT name, jsonb_build_object('description', name, 'executable', name IN ('playbook', 'agent', 'notebook'), 'catalog', true)
FROM unnest(ARRAY['playbook', 'credential', 'mcp', 'agent', 'memory', 'subscription', 'secret', 'notebook']) AS name
ON CONFLICT DO NOTHING;

CREATE TABLE IF NOT EXISTS noetl.catalog (
  catalog_id bigint PRIMARY KEY DEFAULT noetl.snowflake_id(),
  path text NOT NULL,
  version integer NOT NULL,
  kind varchar NOT NULL,
  content text,
  layout jsonb,
  payload jsonb,
  meta jsonb,
  created_at timestamp NOT NULL DEFAULT (now() AT TIME ZONE 'utc'),
  archived_at timestamptz,
  UNIQUE (path, version)
);

CREATE TABLE IF NOT EXISTS noetl.credential (
  id bigint PRIMARY KEY DEFAULT noetl.snowflake_id(),
  name text NOT NULL UNIQUE,
  type text NOT NULL,
  data_encrypted text NOT NULL,
  schema jsonb,
  meta jsonb,
  tags text[],
  description text,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE IF NOT EXISTS noetl.keychain (
  cache_key text PRIMARY KEY,
  keychain_name text NOT NULL,
  catalog_id bigint,
  credential_type text NOT NULL,
  cache_type text NOT NULL CHECK (cache_type IN ('secret', 'token')),
  scope_type text NOT NULL CHECK (scope_type IN ('local', 'global', 'shared')),
  execution_id bigint,
  parent_execution_id bigint,
  data_encrypted text NOT NULL,
  schema jsonb,
  expires_at timestamptz NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  accessed_at timestamptz NOT NULL DEFAULT now(),
  access_count integer DEFAULT 0,
  auto_renew boolean DEFAULT false,
  renew_config jsonb
);

CREATE TABLE IF NOT EXISTS noetl.runtime (
  runtime_id bigint PRIMARY KEY,
  name text NOT NULL,
  kind text NOT NULL CHECK (kind IN ('worker_pool', 'server_api', 'broker')),
  uri text,
  status text NOT NULL,
  labels jsonb,
  capabilities jsonb,
  runtime jsonb,
  capacity integer,
  heartbeat timestamptz NOT NULL DEFAULT now(),
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (kind, name)
);

CREATE TABLE IF NOT EXISTS noetl.transient (
  execution_id bigint NOT NULL,
  var_name text NOT NULL,
  var_type text NOT NULL CHECK (var_type IN ('user_defined', 'step_result', 'computed', 'iterator_state')),
  var_value jsonb NOT NULL,
  source_step text,
  created_at timestamptz NOT NULL DEFAULT now(),
  accessed_at timestamptz NOT NULL DEFAULT now(),
  access_count integer NOT NULL DEFAULT 0,
  expires_at timestamptz,
  scope text DEFAULT 'execution' CHECK (scope IN ('step', 'execution', 'workflow', 'permanent')),
  PRIMARY KEY (execution_id, var_name)
);

CREATE TABLE IF NOT EXISTS noetl.schedule (
  schedule_id bigint PRIMARY KEY,
  playbook_path text NOT NULL,
  playbook_version text,
  cron text,
  interval_seconds integer,
  enabled boolean NOT NULL DEFAULT true,
  timezone text DEFAULT 'UTC',
  next_run_at timestamptz,
  last_run_at timestamptz,
  last_status text,
  input_payload jsonb,
  meta jsonb,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE IF NOT EXISTS noetl.lease (name text PRIMARY KEY, owner text NOT NULL, expires_at timestamptz NOT NULL);
`;
