import type { ErrorInfo, Json, JsonObject } from "@noetl/core";
import type { CallDone, CallError, CallParked, CtxEntry } from "@noetl/engine";
import type { Frame } from "@noetl/playbook";
import { renderTree } from "@noetl/scope";
import { commandNames } from "../bind/command-names.ts";
import { countField, numberField } from "../bind/number.ts";
import { accumulator } from "./accumulate.ts";
import { atIndex, mayPark, summary } from "./batch.ts";
import type { Call } from "./call.ts";
import { claimRows } from "./claim.ts";
import { errorInfo, failure } from "./failure.ts";
import { runMany } from "./many.ts";
import { type PipelineEnd, runPipeline } from "./pipeline.ts";
import { done, endedOf, masked, parked, sealed } from "./report.ts";
import { loadState, type Parked, replay, shelve, storeState, unshelve } from "./state.ts";

/** A frame that waits: the passes before `index` have ended. */
interface FrameState {
  started_at: number;
  rows: Json[];
  index: number;
  success: number;
  failed: number;
  updates: CtxEntry[];
  results: Json[];
  failure?: { index: number; error: ErrorInfo };
  pipeline: Parked;
}

/** Rows of a frame that one pipeline works on: one row, or a list of them (`process: frame`). */
interface Unit {
  item: Json;
  rows: number;
}

/**
 * One frame of a cursor lane (DSL §16.6): claims rows, runs the pipeline for each (or once for all), reports the counts.
 * A frame that claimed nothing ends its lane.
 */
export async function runFrame(call: Call): Promise<CallDone | CallError | CallParked> {
  const { command } = call;
  const { loop } = command.step;
  if (!loop || !("cursor" in loop.source)) throw failure("unknown", "BUG", `step '${command.step.step}' has no cursor`);
  const started = call.host.clock.now();
  const limits = frameLimits(call, loop.frame);
  const locals: JsonObject = {
    __frame_max_rows: limits.maxRows,
    __cursor_lane: command.issued.lane ?? 0,
    __cursor_frame: command.issued.frame ?? 0,
  };
  const state = await loadState<FrameState>(call, command);
  let rows: Json[];
  try {
    rows = state?.rows ?? (await claimRows(call, loop.source.cursor, locals, limits.attempts));
  } catch (error) {
    const info = masked(call, errorInfo(error));
    return done(call, summary(call, started, null, info), [], { frame: { claimed: 0, success: 0, failed: 0 } });
  }

  const units = unitsOf(rows, loop.frame?.process ?? "row", limits.maxBytes);
  const counts = { success: state?.success ?? 0, failed: state?.failed ?? 0 };
  const updates: CtxEntry[] = state?.updates ?? [];
  let ctx = replay(command.context.ctx, updates);
  const kept = accumulator(command.step.output?.accumulate, state?.results);
  const failFast = (loop.failure ?? command.step.spec.failure) === "fail_fast";
  const width = mayPark(call) ? 1 : limits.rowConcurrency;
  const first = state?.index ?? 0;
  let wrong = state?.failure;
  let waiting: { index: number; end: Extract<PipelineEnd, { status: "parked" }> } | undefined;

  const one = async (offset: number): Promise<"go on" | "stop"> => {
    const index = first + offset;
    const unit = units[index] ?? { item: null, rows: 0 };
    const resume =
      state && offset === 0 && command.resume
        ? { resume: { ...unshelve(state.pipeline, ctx), outcome: command.resume.outcome } }
        : {};
    const item = { iterator: loop.iterator, item: unit.item, index, total: null, locals };
    const end = await runPipeline(call, { item, ctx, parks: false, ...resume });
    if (end.status === "parked" && width === 1) {
      waiting = { index, end };
      return "stop";
    }
    const envelope = await sealed(call, endedOf(end));
    updates.push(...end.memory.updates);
    ctx = replay(ctx, end.memory.updates);
    const { error } = envelope;
    kept?.add(envelope.ref ? (envelope.ref as unknown as JsonObject) : envelope.data, !error);
    counts[error ? "failed" : "success"] += unit.rows;
    if (error) wrong ??= { index, error };
    return error && (failFast || call.stopped()) ? "stop" : "go on";
  };
  const end = (state?.started_at ?? started) + limits.maxSeconds * 1_000;
  const open = () => call.stopped() === undefined && (call.host.clock.now() < end || state !== undefined);
  await runMany(units.length - first, width, open, one);

  if (waiting) {
    const shelved: FrameState = {
      started_at: state?.started_at ?? started,
      rows,
      index: waiting.index,
      ...counts,
      updates,
      results: kept?.results() ?? [],
      ...(wrong && { failure: wrong }),
      pipeline: shelve(call, waiting.end.memory, waiting.end.held),
    };
    return parked(call, waiting.end.wait, await storeState(call, shelved, shelved.started_at));
  }
  const data = { claimed: rows.length, ...counts };
  const frame = { ...data, ...(kept && { results: kept.results() }) };
  const error = call.stopped() ?? (failFast && wrong ? atIndex(wrong) : undefined);
  return done(call, summary(call, state?.started_at ?? started, data, error), updates, { frame });
}

/** Numbers of the frame, rendered (DSL §16.6). */
function frameLimits(call: Call, frame: Frame | undefined) {
  const names = commandNames(call.command, call.engine, call.bodies);
  const value = (key: keyof Frame): Json | undefined => {
    const given = frame?.[key];
    if (typeof given !== "string") return given;
    return renderTree(call.shared.templates, given, names, { ...call.render, position: "data" });
  };
  return {
    maxRows: countField(value("max_rows"), "frame.max_rows", 1),
    maxSeconds: numberField(value("max_seconds"), "frame.max_seconds") ?? 30,
    maxBytes: numberField(value("max_bytes"), "frame.max_bytes", 1) ?? 64 * 1_048_576,
    rowConcurrency: countField(value("row_concurrency"), "frame.row_concurrency", 1),
    attempts: countField(value("max_attempts"), "frame.max_attempts", 3),
  };
}

/** `process: frame` gives the rows as lists of at most `maxBytes`: what is beyond comes in a later pass. */
function unitsOf(rows: Json[], process: "row" | "frame", maxBytes: number): Unit[] {
  if (process === "row") return rows.map((item) => ({ item, rows: 1 }));
  const units: Unit[] = [];
  let pass: Json[] = [];
  let bytes = 0;
  for (const row of rows) {
    const size = Buffer.byteLength(JSON.stringify(row));
    if (pass.length > 0 && bytes + size > maxBytes) {
      units.push({ item: pass, rows: pass.length });
      pass = [];
      bytes = 0;
    }
    pass.push(row);
    bytes += size;
  }
  if (pass.length > 0) units.push({ item: pass, rows: pass.length });
  return units;
}
