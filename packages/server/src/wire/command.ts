import { type Json, type JsonObject, rawInteger } from "@noetl/core";
import type { Command } from "@noetl/engine";
import type { Task } from "@noetl/playbook";
import type { StepRecord } from "@noetl/scope";
import type { CommandRow } from "@noetl/store";

/**
 * A command as workers of every generation read it (server-api §2.8, §4.3): `context` for the old ones, which template
 * against `render_context`; `command` and `fence` for ours. Integers where the old ones read 64-bit integers only.
 */
export function commandWire(
  row: CommandRow,
  command: Command,
  format: "all" | "command" | "context",
  run: { workload: JsonObject; ctx: JsonObject },
) {
  return {
    execution_id: rawInteger(row.execution_id),
    event_id: rawInteger(row.event_id),
    node_id: row.step,
    node_name: row.step,
    action: command.step.tasks.length > 1 ? "task_sequence" : row.kind,
    ...(format === "command" ? {} : { context: contextOf(command, run) }),
    meta: metaOf(row, command),
    ...(format === "context" ? {} : { command, fence: row.fence, command_id: row.command_id }),
  };
}

/** What is left of a command that is over. */
export function endedCommandWire(row: CommandRow) {
  return {
    execution_id: rawInteger(row.execution_id),
    event_id: rawInteger(row.event_id),
    node_id: row.step,
    node_name: row.step,
    action: row.kind,
    context: {},
    meta: { command_id: row.event_id, step: row.step, tool_kind: row.kind, attempt: row.attempt, attempts: row.claims },
  };
}

function contextOf(command: Command, run: { workload: JsonObject; ctx: JsonObject }): JsonObject {
  const input = { ...command.arc_input, ...command.step.input } as JsonObject;
  const { tasks } = command.step;
  const [only] = tasks;
  const { extra } = command.step.spec;
  return {
    tool_config: only !== undefined && tasks.length === 1 ? configOf(only) : tasks.map(named),
    args: input,
    input,
    spec: extra,
    render_context: renderContext(command, run),
  };
}

function named(task: Task): Json {
  return { [task.name]: configOf(task) };
}

function configOf(task: Task): JsonObject {
  const { kind, config, input, auth, timeout } = task;
  return {
    ...(config as JsonObject),
    kind,
    ...(typeof input === "object" && Object.keys(input).length > 0 ? { args: input as JsonObject } : {}),
    ...(auth === undefined ? {} : { auth }),
    ...(timeout === undefined ? {} : { timeout }),
  };
}

/** Every name a template of the step may use, as plain data. The command itself carries only what the step reads. */
function renderContext(command: Command, run: { workload: JsonObject; ctx: JsonObject }): JsonObject {
  const { steps, engine } = command.context;
  const { workload } = run;
  const ctx = { ...run.ctx, ...command.context.ctx };
  const results: JsonObject = {};
  for (const [name, record] of Object.entries(steps)) results[name] = dataOf(record);
  const { iteration } = command;
  const iterator = command.step.loop?.iterator ?? "item";
  return {
    ...workload,
    workload,
    ...ctx,
    ctx,
    steps: results,
    ...results,
    ...engine,
    ...(iteration === undefined
      ? {}
      : {
          [iterator]: iteration.item,
          iter: { [iterator]: iteration.item, _index: iteration.index, index: iteration.index, total: iteration.total },
          index: iteration.index,
        }),
  };
}

function dataOf(record: StepRecord): Json {
  if (record.ref) return { ...record.ref.extracted, _ref: record.ref.ref };
  if (record.parts) {
    return record.parts.map((part) => (part?.ref ? { _ref: part.ref.ref } : (part?.data ?? null)));
  }
  return record.data ?? null;
}

function metaOf(row: CommandRow, command: Command): JsonObject {
  const { iteration } = command.issued;
  return {
    command_id: row.event_id,
    step: row.step,
    tool_kind: row.kind,
    attempt: row.attempt,
    attempts: row.claims,
    max_attempts: 3,
    execution_id: row.execution_id,
    catalog_id: row.catalog_id,
    actionable: true,
    ...(iteration === undefined ? {} : { iteration_index: iteration, loop_iteration_index: iteration }),
  };
}
