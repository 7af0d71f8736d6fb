import { Counter, Gauge, Histogram, Registry } from "prom-client";

const LATENCY = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

export type Metrics = ReturnType<typeof openMetrics>;

/** The numbers of one server under the names of server-api §9. Labels never name an execution. */
export function openMetrics(info: { version: string; name: string; startedAt: number }) {
  const registry = new Registry();
  const registers = [registry];
  const counter = <T extends string>(name: string, help: string, labelNames: T[] = []) =>
    new Counter<T>({ name, help, labelNames, registers });
  const gauge = <T extends string>(name: string, help: string, labelNames: T[] = []) =>
    new Gauge<T>({ name, help, labelNames, registers });
  const histogram = <T extends string>(name: string, help: string, labelNames: T[] = [], buckets = LATENCY) =>
    new Histogram<T>({ name, help, labelNames, buckets, registers });

  gauge("noetl_up", "1 while the server runs").set(1);
  gauge("noetl_info", "What runs here", ["version", "name"]).set({ version: info.version, name: info.name }, 1);
  gauge("noetl_server_build_info", "Build of the server", ["version"]).set({ version: info.version }, 1);
  gauge("noetl_process_start_time_seconds", "Start of the process").set(info.startedAt / 1_000);

  return {
    registry,
    requests: counter("noetl_request_total", "HTTP requests", ["method", "route", "status"]),
    requestSeconds: histogram("noetl_http_request_duration_seconds", "HTTP requests", ["route"]),
    writes: counter("noetl_write_requests_total", "Writes by clients", ["endpoint", "status"]),
    writeSeconds: histogram("noetl_write_request_duration_seconds", "Writes by clients", ["endpoint"]),
    eventsIngested: counter("noetl_events_ingested_total", "Events workers reported", ["event_type", "status"]),
    ingestSeconds: histogram("noetl_event_ingest_duration_seconds", "From request to durable, engine included"),
    batchesRefused: counter("noetl_batch_enqueue_error_total", "Batches that were not taken"),
    batchSeconds: histogram("noetl_batch_enqueue_latency_seconds", "From a batch to its acknowledgement"),
    authJwt: counter("noetl_auth_jwt_verify_total", "Tokens of logins looked at", ["outcome"]),
    authSync: counter("noetl_auth_sync_total", "Questions of gateways about sessions", ["operation", "outcome"]),
    batchesInWork: gauge("noetl_batch_queue_depth", "Batches that are being taken"),
    batchesTooMany: counter("noetl_batch_queue_unavailable_total", "Batches refused for now (503)"),
    batchesTooLate: counter("noetl_batch_processing_timeout_total", "Batches that took too long (504)"),
    firstClaim: histogram(
      "noetl_batch_first_worker_claim_latency_seconds",
      "From a command to the worker that claims it",
    ),
    batchesAccepted: counter("noetl_batch_accepted_total", "Batches taken"),
    executeOutcomes: counter("noetl_execute_outcomes_total", "Starts of executions", ["entry", "outcome"]),
    executeBatchSize: histogram(
      "noetl_execute_batch_size",
      "Executions in one request",
      [],
      [1, 10, 50, 100, 500, 1_000],
    ),
    claims: counter("noetl_claim_total", "Claims by workers", ["outcome"]),
    claimSeconds: histogram("noetl_claim_duration_seconds", "Claims by workers"),
    issueToClaim: histogram("noetl_command_issue_to_claim_seconds", "How long commands wait for a worker"),
    commandsPublished: counter("noetl_command_publish_total", "Hints sent over the bus", ["outcome"]),
    busSeconds: histogram("noetl_nats_publish_duration_seconds", "From a message to its acknowledgement by the broker"),
    enginePass: histogram("noetl_engine_pass_duration_seconds", "Folding what was reported and deciding what follows"),
    ingestPhases: histogram("noetl_event_ingest_phase_seconds", "Parts of a turn: engine, store", ["phase"]),
    drives: counter("noetl_orchestrate_drive_total", "Turns of the engine, by what they led to", ["stage"]),
    stateBuilds: counter("noetl_state_build_total", "Runs made from their log"),
    stateBuildEvents: counter("noetl_state_build_event_scans_total", "Events read to make runs from their log"),
    eventsPublished: counter("noetl_event_ingest_published_total", "Messages about events the broker took"),
    eventsNotPublished: counter("noetl_event_ingest_publish_skipped_total", "Events that are told to no broker"),
    foldedEvents: histogram("noetl_engine_events_folded", "Events of one turn", [], [1, 2, 5, 10, 25, 50, 100, 500]),
    engineEvents: counter("noetl_engine_events_total", "Events written", ["event_type"]),
    repeatedTurns: counter("noetl_terminal_dedup_total", "Turns of which something was stored before"),
    ended: counter("noetl_executions_ended_total", "Executions that ended", ["status"]),
    loaded: gauge("noetl_executions_active", "Executions kept in memory"),
    pollers: gauge("noetl_pollers_waiting", "Workers waiting in a long poll"),
    commandsWaiting: gauge("noetl_commands_pending", "Commands nobody has claimed", ["pool"]),
    commandsHeld: gauge("noetl_commands_held", "Commands workers hold", ["pool"]),
    poolSize: gauge("noetl_db_pool_size", "Connections to the database"),
    poolIdle: gauge("noetl_db_pool_available", "Connections that are free"),
    poolWaiting: gauge("noetl_db_pool_waiting", "Callers that wait for a connection"),
    catalogDeletes: counter("noetl_catalog_delete_total", "Catalog entries deleted", ["outcome"]),
    resultPuts: counter("noetl_result_store_put_total", "Results stored", ["status"]),
    resultPutSeconds: histogram("noetl_result_store_put_duration_seconds", "Results stored"),
    resultResolves: counter("noetl_result_store_resolve_total", "Results read", ["status"]),
    resultResolveSeconds: histogram("noetl_result_store_resolve_duration_seconds", "Results read"),
    sealed: counter("noetl_credentials_sealed_total", "Sealed credentials handed out", ["status"]),
    secretResolves: counter("noetl_secret_resolve_total", "Secrets looked up in a playbook's keychain", ["outcome"]),
    secretResolveSeconds: histogram("noetl_secret_resolve_duration_seconds", "Look-ups in a playbook's keychain"),
    secretRefreshes: counter("noetl_secret_refresh_total", "Secrets resolved again after they expired", ["outcome"]),
    secretRefreshSeconds: histogram("noetl_secret_refresh_duration_seconds", "Secrets resolved again"),
    secretAuditWrites: counter("noetl_secret_audit_writes_total", "Accesses to secrets written down", ["action"]),
    walletRotations: counter("noetl_wallet_rotate_total", "Rotations of the key of secrets", ["outcome"]),
    objectOps: counter("noetl_object_store_ops_total", "Objects kept, read and forgotten", ["op", "outcome"]),
    sinkStates: counter("noetl_sink_state_total", "Markers of unconfirmed writes", ["action", "changed"]),
    frames: counter("noetl_frames_total", "Frames workers claimed and ended", ["action"]),
    frameBacklog: gauge("noetl_frame_backlog_total", "Frames that are not over"),
    frameBacklogDetail: gauge("noetl_frame_backlog_detail_total", "Frames that are not over", ["status"]),
    eventsProjected: counter("noetl_events_projected_total", "Events of other control planes kept"),
    eventsProjectedDuplicates: counter("noetl_events_projected_duplicates_total", "Events that were known"),
    eventsMaterialized: counter("noetl_events_materialized_total", "Rows of other control planes kept"),
    projectionAdvanced: counter("noetl_projection_advanced_total", "Executions folded by request", ["outcome"]),
    callbacks: counter("noetl_container_callback_total", "Callbacks of parked steps", ["state"]),
    staleCallbacks: counter("noetl_container_callback_stale_total", "Callbacks nothing waited for"),
    reaped: counter("noetl_command_reaper_total", "Commands the reaper looked at", ["action"]),
    orphans: counter("noetl_orphan_sweep_total", "Runs the sweep put on their way again"),
    purged: counter("noetl_cleanup_rows_purged_total", "Rows removed", ["table"]),
    schedules: counter("noetl_schedules_started_total", "Runs started by schedules", ["outcome"]),
    publisher: {
      claimed: counter("noetl_publisher_claimed_total", "Outbox rows taken"),
      published: counter("noetl_publisher_published_total", "Outbox rows published"),
      failed: counter("noetl_publisher_failed_total", "Outbox rows that could not be published", ["reason"]),
      batch: histogram("noetl_publisher_batch_size", "Outbox rows in one batch", [], [1, 5, 10, 25, 50, 100]),
      seconds: histogram("noetl_publisher_publish_duration_seconds", "One batch"),
      lag: histogram("noetl_publisher_outbox_lag_seconds", "From an event to its acknowledgement by the broker"),
      pending: gauge("noetl_publisher_pending", "Outbox rows to be published"),
      dead: gauge("noetl_publisher_dead_total", "Outbox rows given up"),
      notified: counter("noetl_publisher_notify_wakeups_total", "Woken by a message"),
      polled: counter("noetl_publisher_poll_wakeups_total", "Woken by the clock"),
      lastSuccess: gauge("noetl_publisher_last_success_unixtime", "Last row published"),
    },
    projector: {
      checked: counter("noetl_projector_projection_records_total", "Executions compared with their log"),
      stale: counter("noetl_projector_projection_stale_records_total", "Executions whose row was behind their log"),
      errors: counter("noetl_projector_projection_errors_total", "Executions that could not be compared"),
      allErrors: counter("noetl_projector_errors_total", "Errors of passes"),
      lastError: gauge("noetl_projector_last_error_unixtime", "Last execution that could not be compared"),
      lastAction: gauge("noetl_projector_last_action_unixtime", "Last row that was made anew"),
      lastChecked: gauge("noetl_projector_last_batch_projection_records", "Executions compared in the last pass"),
      lastStale: gauge("noetl_projector_last_batch_stale_projection_records", "Rows behind their log in the last pass"),
      longest: gauge("noetl_projector_max_projection_lag_milliseconds", "Duration of the longest pass"),
      lastSuccess: gauge("noetl_projector_last_success_unixtime", "Last pass"),
      lag: gauge("noetl_projector_last_projection_lag_milliseconds", "Duration of the last pass"),
    },
  };
}
