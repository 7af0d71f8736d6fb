import type { ErrorInfo, Json, JsonObject } from "@noetl/core";
import type { Command } from "@noetl/engine";
import type { RenderOptions } from "@noetl/template";
import type { PipelineHost } from "../api.ts";
import type { StepPlan } from "../bind/plan.ts";
import type { Secrets } from "../secrets/secrets.ts";
import type { Shared } from "./shared.ts";

/** One command at work: what all its pipelines (iterations, rows) share. */
export interface Call {
  readonly command: Command;
  readonly host: PipelineHost;
  readonly shared: Shared;
  readonly plan: StepPlan;
  readonly secrets: Secrets;
  /** bodies of stored results that were fetched */
  readonly bodies: Map<string, Json>;
  /** aborted by the host, or at the step's wall clock */
  readonly signal: AbortSignal;
  /** why the call has to end, once it has */
  stopped(): ErrorInfo | undefined;
  readonly engine: JsonObject & { keychain?: never };
  readonly render: RenderOptions;
  readonly maxIterations: number;
}

/** An iteration or a row. */
export interface Item {
  iterator: string;
  item: Json;
  index: number;
  total: number | null;
  /** extra names: `__frame_max_rows` … */
  locals?: JsonObject;
}
