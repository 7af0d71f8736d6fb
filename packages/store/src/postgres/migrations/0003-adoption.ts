/**
 * Our columns and indexes on tables that may be older than we are: made by an earlier NoETL, partitioned, with data.
 * Rows without `body` are its; unique indexes leave them out because that log may repeat itself (server-api §3.7).
 */
export const adoption = `
DO $$
DECLARE found record;
BEGIN
  -- A key to the catalog blocks deletes there (§5.5); one of (execution_id, event_id) allows one message an event.
  FOR found IN
    SELECT conrelid::regclass AS relation, conname FROM pg_constraint
    WHERE connamespace = 'noetl'::regnamespace AND conparentid = 0 AND (
      (contype = 'f' AND confrelid IN (
        SELECT oid FROM pg_class WHERE relnamespace = 'noetl'::regnamespace AND relname IN ('catalog', 'resource')))
      OR (contype = 'u' AND conrelid = 'noetl.outbox'::regclass))
  LOOP
    EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', found.relation, found.conname);
  END LOOP;
END $$;

ALTER TABLE noetl.event ALTER COLUMN catalog_id DROP NOT NULL,
  ADD COLUMN IF NOT EXISTS stream_version bigint,
  ADD COLUMN IF NOT EXISTS command_key text,
  ADD COLUMN IF NOT EXISTS body text;
CREATE INDEX IF NOT EXISTS event_order ON noetl.event (execution_id, stream_version);
CREATE INDEX IF NOT EXISTS event_type_latest ON noetl.event (execution_id, event_type, event_id DESC);
CREATE UNIQUE INDEX IF NOT EXISTS event_command_end ON noetl.event (execution_id, event_type, command_key)
  WHERE body IS NOT NULL AND event_type IN ('command.completed', 'command.failed', 'command.cancelled');
CREATE UNIQUE INDEX IF NOT EXISTS event_run_end ON noetl.event (execution_id)
  WHERE body IS NOT NULL AND event_type IN ('playbook.completed', 'playbook.failed', 'execution.cancelled');
CREATE INDEX IF NOT EXISTS event_time_brin ON noetl.event USING brin (created_at);

ALTER TABLE noetl.command ALTER COLUMN catalog_id DROP NOT NULL,
  ADD COLUMN IF NOT EXISTS command_key text,
  ADD COLUMN IF NOT EXISTS pool text NOT NULL DEFAULT 'shared',
  ADD COLUMN IF NOT EXISTS claims integer NOT NULL DEFAULT 0,
  ADD COLUMN IF NOT EXISTS fence integer NOT NULL DEFAULT 0,
  ADD COLUMN IF NOT EXISTS heartbeat_at timestamptz,
  ADD COLUMN IF NOT EXISTS lease_until timestamptz,
  ADD COLUMN IF NOT EXISTS reserved_until timestamptz,
  ADD COLUMN IF NOT EXISTS body text;
ALTER TABLE noetl.command ALTER COLUMN event_id DROP NOT NULL;
CREATE INDEX IF NOT EXISTS command_by_id ON noetl.command (command_id);
CREATE INDEX IF NOT EXISTS command_by_key ON noetl.command (execution_id, command_key);
CREATE INDEX IF NOT EXISTS command_ready ON noetl.command (pool, command_id) WHERE status = 'PENDING';
CREATE INDEX IF NOT EXISTS command_held ON noetl.command (lease_until) WHERE status IN ('CLAIMED', 'RUNNING');
CREATE INDEX IF NOT EXISTS command_open ON noetl.command (execution_id) WHERE status IN ('PENDING', 'CLAIMED', 'RUNNING');

ALTER TABLE noetl.execution ALTER COLUMN catalog_id DROP NOT NULL,
  ADD COLUMN IF NOT EXISTS root_execution_id bigint,
  ADD COLUMN IF NOT EXISTS path text,
  ADD COLUMN IF NOT EXISTS name text,
  ADD COLUMN IF NOT EXISTS version text,
  ADD COLUMN IF NOT EXISTS source text,
  ADD COLUMN IF NOT EXISTS definition text,
  ADD COLUMN IF NOT EXISTS resumed_from bigint,
  ADD COLUMN IF NOT EXISTS seq bigint NOT NULL DEFAULT 0;
CREATE INDEX IF NOT EXISTS execution_path ON noetl.execution (path, execution_id DESC);
CREATE INDEX IF NOT EXISTS execution_source ON noetl.execution (source, execution_id DESC) WHERE source IS NOT NULL;
CREATE INDEX IF NOT EXISTS execution_parent ON noetl.execution (parent_execution_id) WHERE parent_execution_id IS NOT NULL;
CREATE INDEX IF NOT EXISTS execution_open ON noetl.execution (status, execution_id DESC);
CREATE INDEX IF NOT EXISTS execution_catalog ON noetl.execution (catalog_id);

ALTER TABLE noetl.outbox ALTER COLUMN payload_codec SET DEFAULT 'json';
CREATE UNIQUE INDEX IF NOT EXISTS outbox_key ON noetl.outbox (execution_id, event_id, subject);
CREATE INDEX IF NOT EXISTS outbox_due ON noetl.outbox (outbox_id) WHERE status <> 'PUBLISHED';
CREATE INDEX IF NOT EXISTS outbox_done ON noetl.outbox (published_at) WHERE status = 'PUBLISHED';

ALTER TABLE noetl.result_store ALTER COLUMN data DROP NOT NULL,
  ADD COLUMN IF NOT EXISTS ref text,
  ADD COLUMN IF NOT EXISTS store text,
  ADD COLUMN IF NOT EXISTS body text,
  ADD COLUMN IF NOT EXISTS file text;
CREATE UNIQUE INDEX IF NOT EXISTS result_ref ON noetl.result_store (ref);
CREATE INDEX IF NOT EXISTS result_execution ON noetl.result_store (execution_id, name);
CREATE INDEX IF NOT EXISTS result_expiry ON noetl.result_store (expires_at) WHERE expires_at IS NOT NULL;

ALTER TABLE noetl.catalog ALTER COLUMN version TYPE integer,
  ADD COLUMN IF NOT EXISTS archived_at timestamptz;
CREATE INDEX IF NOT EXISTS catalog_kind ON noetl.catalog (kind, catalog_id DESC);

ALTER TABLE noetl.keychain ALTER COLUMN catalog_id DROP NOT NULL;
CREATE INDEX IF NOT EXISTS keychain_catalog ON noetl.keychain (catalog_id);
CREATE INDEX IF NOT EXISTS keychain_expiry ON noetl.keychain (expires_at);
CREATE INDEX IF NOT EXISTS keychain_execution ON noetl.keychain (execution_id) WHERE execution_id IS NOT NULL;

CREATE INDEX IF NOT EXISTS schedule_due ON noetl.schedule (next_run_at) WHERE enabled;

CREATE TABLE IF NOT EXISTS noetl.subscription_dedup (
  subscription_id text NOT NULL,
  dedup_key text NOT NULL,
  execution_id bigint NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (subscription_id, dedup_key)
);
ALTER TABLE noetl.subscription_dedup ALTER COLUMN subscription_id TYPE text,
  ADD COLUMN IF NOT EXISTS expires_at timestamptz NOT NULL DEFAULT now();
CREATE INDEX IF NOT EXISTS subscription_dedup_expiry ON noetl.subscription_dedup (expires_at);
`;
