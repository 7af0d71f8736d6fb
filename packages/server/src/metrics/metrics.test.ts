import assert from "node:assert/strict";
import { it } from "node:test";
import { ended, execute, playbook, register, startServer } from "../testing/kit.ts";
import { testWorker } from "../testing/worker.ts";

/** server-api §9, what of it has a meaning here. */
const NAMES = `
noetl_up noetl_info noetl_server_build_info noetl_process_start_time_seconds noetl_request_total
noetl_events_ingested_total noetl_event_ingest_duration_seconds noetl_write_requests_total
noetl_write_request_duration_seconds noetl_execute_outcomes_total noetl_execute_batch_size noetl_command_publish_total
noetl_terminal_dedup_total noetl_orphan_sweep_total noetl_events_projected_total
noetl_events_projected_duplicates_total noetl_events_materialized_total noetl_projection_advanced_total
noetl_cleanup_rows_purged_total noetl_catalog_delete_total noetl_result_store_put_total
noetl_result_store_put_duration_seconds noetl_result_store_resolve_total noetl_result_store_resolve_duration_seconds
noetl_credentials_sealed_total noetl_secret_resolve_total noetl_secret_resolve_duration_seconds
noetl_secret_audit_writes_total noetl_wallet_rotate_total noetl_auth_sync_total noetl_auth_jwt_verify_total
noetl_container_callback_total noetl_container_callback_stale_total noetl_sink_state_total noetl_object_store_ops_total
noetl_batch_accepted_total noetl_batch_enqueue_error_total noetl_batch_enqueue_latency_seconds
noetl_frame_backlog_total noetl_frame_backlog_detail_total
noetl_publisher_claimed_total noetl_publisher_published_total noetl_publisher_failed_total noetl_publisher_dead_total
noetl_publisher_batch_size noetl_publisher_publish_duration_seconds noetl_publisher_outbox_lag_seconds
noetl_publisher_pending noetl_publisher_notify_wakeups_total noetl_publisher_poll_wakeups_total
noetl_publisher_last_success_unixtime
noetl_projector_projection_records_total noetl_projector_projection_stale_records_total
noetl_projector_projection_errors_total noetl_projector_last_success_unixtime
noetl_projector_last_projection_lag_milliseconds
noetl_engine_pass_duration_seconds noetl_nats_publish_duration_seconds noetl_event_ingest_phase_seconds
noetl_orchestrate_drive_total noetl_state_build_total noetl_state_build_event_scans_total
noetl_event_ingest_published_total noetl_event_ingest_publish_skipped_total noetl_secret_refresh_total
noetl_secret_refresh_duration_seconds noetl_batch_queue_depth noetl_batch_queue_unavailable_total
noetl_batch_processing_timeout_total noetl_batch_first_worker_claim_latency_seconds noetl_projector_errors_total
noetl_projector_last_error_unixtime noetl_projector_last_action_unixtime noetl_projector_last_batch_projection_records
noetl_projector_last_batch_stale_projection_records noetl_projector_max_projection_lag_milliseconds
noetl_claim_total noetl_claim_duration_seconds noetl_command_issue_to_claim_seconds noetl_engine_events_folded
noetl_db_pool_size noetl_db_pool_available noetl_db_pool_waiting noetl_executions_active noetl_event_loop_lag_seconds`;

it("the page of metrics has its names, counts what happens, and names no run", async (t) => {
  const server = await startServer();
  t.after(() => server.close());
  await register(server, playbook("m", { start: [] }));
  const id = await execute(server, "m");
  await testWorker(server).drain();
  await ended(server, id);
  assert.equal((await server.call("POST", "/api/events/batch", {})).status, 422);
  await server.ok("POST", "/api/auth/session/validate", { session_token: "x" });
  const { text } = await server.call("GET", "/metrics");
  for (const name of NAMES.trim().split(/\s+/)) assert.ok(text.includes(`# TYPE ${name} `), name);
  const value = (line: string) => Number(new RegExp(`^${line} (\\S+)$`, "m").exec(text)?.[1]);
  assert.equal(value("noetl_batch_enqueue_error_total"), 1);
  assert.equal(value("noetl_batch_enqueue_latency_seconds_count"), value("noetl_batch_accepted_total"));
  assert.equal(value('noetl_auth_sync_total\\{operation="session",outcome="error"\\}'), 1);
  assert.ok(value("noetl_engine_events_folded_count") >= 2);
  assert.equal(value("noetl_engine_pass_duration_seconds_count"), value("noetl_engine_events_folded_count"));
  assert.equal(
    value('noetl_event_ingest_phase_seconds_count\\{phase="store"\\}'),
    value("noetl_engine_events_folded_count"),
  );
  assert.ok(value('noetl_orchestrate_drive_total\\{stage="issued"\\}') >= 1);
  assert.ok(value("noetl_event_ingest_publish_skipped_total") >= 4, "no broker here");
  assert.equal(value("noetl_batch_queue_depth"), 0);
  assert.ok(!text.includes(id));
});
