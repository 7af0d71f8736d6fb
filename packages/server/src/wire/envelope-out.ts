import type { JsonObject } from "@noetl/core";
import type { LogEvent } from "@noetl/engine";
import type { ExecutionSummary } from "@noetl/store";
import { eventWire } from "./event-out.ts";

/** An event as the event stream carries it (server-api §6.3). Ids are text: its readers are lenient. */
export function envelopeWire(event: LogEvent, summary: ExecutionSummary): JsonObject {
  const wire = eventWire(event, summary);
  return {
    event_id: wire.event_id,
    execution_id: wire.execution_id,
    catalog_id: wire.catalog_id,
    event_type: wire.event_type,
    node_id: wire.node_id,
    node_name: wire.node_name,
    node_type: wire.node_type,
    status: wire.status,
    result: wire.result,
    context: wire.context,
    meta: wire.meta,
    error: wire.error,
    duration: wire.duration,
    worker_id: wire.worker_id,
    command_id: "command_id" in event ? event.command_id : null,
    stage_id: null,
    frame_id: null,
    parent_event_id: null,
    parent_execution_id: wire.parent_execution_id,
    tenant_id: "default",
    organization_id: "default",
    stream_id: wire.execution_id,
    stream_version: event.seq,
    aggregate_id: wire.execution_id,
    aggregate_type: "execution",
    schema_name: `noetl.${wire.event_type}`,
    schema_version: 1,
    event_time: wire.created_at,
    ingest_time: wire.created_at,
    created_at: wire.created_at,
    producer: "noetl-server",
    idempotency_key: wire.event_id,
    payload_ref: null,
    envelope_checksum: null,
  };
}
