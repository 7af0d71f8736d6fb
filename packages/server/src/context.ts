import type { Bus } from "@noetl/bus";
import type { Clock, Ids } from "@noetl/core";
import type { Store } from "@noetl/store";
import type { Registry } from "@noetl/tools";
import type { ServerConfig } from "./config/config.ts";
import type { Claims } from "./delivery/claims.ts";
import type { Desk } from "./delivery/desk.ts";
import type { Executions } from "./executions/executions.ts";
import type { HotStatus } from "./executions/hot-status.ts";
import type { Ingest } from "./ingest/ingest.ts";
import type { Log } from "./log.ts";
import type { Metrics } from "./metrics/metrics.ts";
import type { Runs } from "./runs/index.ts";
import type { Console } from "./sql/console.ts";

/** What the routes of one server work with. */
export interface ServerContext {
  config: ServerConfig;
  store: Store;
  bus: Bus;
  clock: Clock;
  ids: Ids;
  tools: Registry;
  log: Log;
  runs: Runs;
  executions: Executions;
  /** absent where others write to the same store */
  hotStatus?: HotStatus;
  claims: Claims;
  desk: Desk;
  ingest: Ingest;
  metrics: Metrics;
  console: Console;
  /** aborts when the server stops: long answers end */
  closing: AbortSignal;
  startedAt: number;
  version: string;
}
