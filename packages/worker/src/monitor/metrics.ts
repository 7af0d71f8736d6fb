import { Counter, Gauge, Histogram, Registry } from "prom-client";
import type { Observer } from "../observe.ts";

export interface WorkerMetrics {
  readonly registry: Registry;
  readonly observer: Observer;
}

/** Read when somebody asks for the metrics. */
export interface WorkerGauges {
  running(): number;
  /** commands at a time, as far as the server can bear them */
  limit(): number;
  ready(): boolean;
  draining(): boolean;
  spooled(): number;
}

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];

/** Names of worker-and-tools §8.3. No label holds an id. */
export function openMetrics(options: { version: string; workerId: string; gauges: WorkerGauges }): WorkerMetrics {
  const registry = new Registry();
  const registers = [registry];
  const counter = <L extends string>(name: string, help: string, labelNames: L[] = []) =>
    new Counter({ name: `noetl_worker_${name}`, help, labelNames, registers });
  const histogram = <L extends string>(name: string, help: string, labelNames: L[] = []) =>
    new Histogram({ name: `noetl_worker_${name}`, help, labelNames, buckets: SECONDS, registers });
  const gauge = (name: string, help: string, read: () => number) =>
    new Gauge({
      name: `noetl_worker_${name}`,
      help,
      registers,
      collect() {
        this.set(read());
      },
    });

  const pulls = counter("pulls_total", "Fetches of commands", ["outcome"]);
  const pullSeconds = histogram("pull_duration_seconds", "How long a fetch took, waiting included");
  const claims = counter("claim_succeeded_total", "Commands claimed");
  const claimFailures = counter("claim_failed_total", "Claims that were refused or not answered", ["reason"]);
  const deadLetters = counter("claim_dead_lettered_total", "Announced commands the server does not know");
  const dispatch = histogram("dispatch_duration_seconds", "How long commands ran", ["tool_kind"]);
  const dispatchErrors = counter("dispatch_errors_total", "Commands that ended with an error", ["tool_kind"]);
  const toolErrors = counter("tool_result_error_total", "Results of tools that tell of an error", ["tool_kind"]);
  const parked = counter("call_done_skipped_pending_callback_total", "Commands that wait for something", ["tool_kind"]);
  const emit = histogram("event_emit_duration_seconds", "Until the server had a report, retries included", [
    "event_type",
  ]);
  const emitRetries = counter("event_emit_retries_total", "Reports sent again");
  const emitFailures = counter("event_emit_failed_total", "Reports the server did not take", ["outcome"]);
  const phases = histogram("command_pickup_phase_seconds", "Phases of a command", ["phase"]);
  const reconnects = counter("command_loop_reconnect_total", "Fetches that failed and were begun anew");
  const storeSeconds = histogram("result_store_put_duration_seconds", "How long storing a large result took");
  const storeBytes = counter("result_store_put_bytes_total", "Bytes of large results");
  const storeErrors = counter("result_store_put_errors_total", "Large results that could not be stored");
  const lastPull = new Gauge({
    name: "noetl_worker_last_pull_timestamp_seconds",
    help: "When the source answered last",
    registers,
  });
  const { gauges } = options;
  gauge("concurrent_dispatches", "Commands in flight", gauges.running);
  gauge("concurrency_limit", "Commands at a time that the server can bear", gauges.limit);
  gauge("ready", "1 when it takes commands", () => Number(gauges.ready()));
  gauge("draining", "1 when it only finishes what runs", () => Number(gauges.draining()));
  gauge("spooled_reports", "Reports kept on disk until the server is back", gauges.spooled);
  labelled(registry, "build_info", "Version of the worker", { version: options.version });
  labelled(registry, "up", "The worker is there", { worker_id: options.workerId });

  const observer: Observer = {
    pulled(outcome, ms) {
      pulls.inc({ outcome });
      pullSeconds.observe(ms / 1_000);
      if (outcome === "error") reconnects.inc();
      else lastPull.setToCurrentTime();
    },
    claimed(outcome, ms) {
      phases.observe({ phase: "claim" }, ms / 1_000);
      if (outcome === "claimed") claims.inc();
      else claimFailures.inc({ reason: outcome });
      if (outcome === "unknown") deadLetters.inc();
    },
    ran(kind, ms, outcome) {
      dispatch.observe({ tool_kind: kind }, ms / 1_000);
      if (outcome === "error") {
        dispatchErrors.inc({ tool_kind: kind });
        toolErrors.inc({ tool_kind: kind });
      }
      if (outcome === "parked") parked.inc({ tool_kind: kind });
    },
    reported(event, ms, outcome) {
      emit.observe({ event_type: event }, ms / 1_000);
      if (outcome !== "accepted") emitFailures.inc({ outcome });
    },
    retried: () => emitRetries.inc(),
    stored(bytes, ms, ok) {
      storeSeconds.observe(ms / 1_000);
      if (ok) storeBytes.inc(bytes);
      else storeErrors.inc();
    },
    settled: (ms) => phases.observe({ phase: "outcome" }, ms / 1_000),
  };
  return { registry, observer };
}

function labelled(registry: Registry, name: string, help: string, labels: { [name: string]: string }): void {
  new Gauge({ name: `noetl_worker_${name}`, help, labelNames: Object.keys(labels), registers: [registry] }).set(
    labels,
    1,
  );
}
