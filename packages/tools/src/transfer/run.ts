import { startAttempt } from "../network/attempt.ts";
import { done } from "../outcome.ts";
import { pgMember } from "../postgres/errors.ts";
import type { ToolCall, ToolDone } from "../tool.ts";
import { type Chunk, mapped } from "./chunk.ts";
import { transferError } from "./failure.ts";
import { invalid, need, type System, systemOf } from "./side.ts";
import { duckdbRows } from "./sources/duckdb.ts";
import { httpRows } from "./sources/http.ts";
import { postgresRows } from "./sources/postgres.ts";
import { duckdbTarget } from "./targets/duckdb.ts";
import { httpTarget } from "./targets/http.ts";
import { type Plan, postgresTarget } from "./targets/postgres.ts";
import type { WithTarget, Write } from "./targets/target.ts";
import type { TransferConfig } from "./tool.ts";

const CHUNK_SIZE = 1_000;

/** Copies the rows of a step; every failure is an outcome, and then a database target is as it was. */
export async function runTransfer(config: TransferConfig, call: ToolCall): Promise<ToolDone> {
  const attempt = startAttempt(call, 0);
  let usesDuckdb = false;
  try {
    const from = systemOf("source", config.source);
    const to = systemOf("target", config.target);
    usesDuckdb = from === "duckdb" || to === "duckdb";
    const plan = planOf(config, from, to);
    const counts = await copy(from, to, config, plan, call, attempt.signal);
    return done({
      direction: `${from}_to_${to}`,
      source_type: from,
      target_type: to,
      mode: plan.mode,
      ...counts,
      target_table: config.target.table ?? null,
    });
  } catch (error) {
    const stopped = attempt.outcome();
    if (stopped !== undefined) return stopped;
    const info = transferError(error, usesDuckdb);
    return { status: info.kind === "timeout" ? "timeout" : "error", error: info, ...pgMember(error) };
  } finally {
    attempt.end();
  }
}

function planOf(config: TransferConfig, from: System, to: System): Plan {
  const mode = config.mode ?? "append";
  if (to === "http" && mode !== "append") throw invalid(`mode '${mode}' needs a database as target`);
  if (config.target.query !== undefined && mode !== "append")
    throw invalid(`mode '${mode}' goes with target.table, not with target.query`);
  const keys =
    mode === "upsert"
      ? need(config.key ?? config.target.key, "key", "the columns that identify a row, for upsert")
      : undefined;
  return { mode, keys, verbatim: from === "postgres" && to === "postgres", base64: from !== "http" };
}

async function copy(from: System, to: System, config: TransferConfig, plan: Plan, call: ToolCall, signal: AbortSignal) {
  const size = config.chunk_size ?? CHUNK_SIZE;
  const counts = { rows_transferred: 0, chunks_processed: 0, columns: [] as string[] };
  const counted =
    (write: Write): Write =>
    async (raw) => {
      const chunk = mapped(raw, config.target.mapping);
      if (chunk.columns.length > 0) counts.columns = chunk.columns;
      checkKeys(chunk, plan.keys);
      if (chunk.rows.length === 0) return;
      signal.throwIfAborted();
      await write(chunk);
      counts.rows_transferred += chunk.rows.length;
      counts.chunks_processed++;
    };
  const open: Record<System, () => WithTarget> = {
    postgres: () => postgresTarget(config.target, plan, call, signal),
    duckdb: () => duckdbTarget(config.target, plan, call, signal),
    http: () => httpTarget(config.target, call, signal),
  };
  await open[to]()((write) => read(from, config, size, plan.verbatim, call, signal, counted(write)));
  return counts;
}

async function read(
  from: System,
  { source }: TransferConfig,
  size: number,
  verbatim: boolean,
  call: ToolCall,
  signal: AbortSignal,
  write: Write,
) {
  if (from === "duckdb") return duckdbRows(source, size, call, signal, write);
  const chunks =
    from === "postgres" ? postgresRows(source, size, verbatim, call, signal) : httpRows(source, size, call, signal);
  for await (const chunk of chunks) await write(chunk);
}

function checkKeys({ columns }: Chunk, keys: readonly string[] | undefined): void {
  const missing = (keys ?? []).filter((key) => !columns.includes(key));
  if (missing.length > 0)
    throw invalid(`key column ${missing.join(", ")} is not among the columns (${columns.join(", ")})`);
}
