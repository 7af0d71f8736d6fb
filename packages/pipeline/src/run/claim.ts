import type { Json, JsonObject } from "@noetl/core";
import { isObject } from "@noetl/core";
import type { Cursor, Task } from "@noetl/playbook";
import type { ToolDone } from "@noetl/tools";
import { type Memory, newMemory } from "../bind/memory.ts";
import { planStep } from "../bind/plan.ts";
import { attemptTask } from "./attempt.ts";
import type { Call } from "./call.ts";
import { rest } from "./deadline.ts";
import { CallFailure, failure } from "./failure.ts";

/** Waits between the attempts of a claim, in ms; the last one repeats. */
const DELAYS = [500, 1_000, 2_000];

/**
 * One claim of a cursor loop (DSL §16.6): runs its statement with the frame's names bound and gives the rows. Throws the
 * last error after `attempts` attempts.
 */
export async function claimRows(call: Call, cursor: Cursor, locals: JsonObject, attempts: number): Promise<Json[]> {
  const { step } = call.command;
  const tool = call.host.tool(cursor.kind);
  const task: Task = {
    name: `${step.step}_claim`,
    anonymous: true,
    kind: cursor.kind,
    input: {},
    config: { ...cursor.options, [statementKey(tool)]: cursor.claim },
    ...(cursor.auth === undefined ? {} : { auth: cursor.auth }),
    rules: [],
    onUnmatched: "default",
    set: [],
    loc: step.loc,
  };
  const plan = planStep({ ...step, tasks: [task], single: true }, call.shared.templates, call.host.tool);
  const [current] = plan.tasks;
  if (!current) throw failure("unknown", "BUG", "a claim has one task");
  const memory: Memory = newMemory({ tasks: 1, maxIterations: 1 }, call.command.context.ctx, call.host.clock.now());
  memory.locals = locals;
  for (let attempt = 1; ; attempt++) {
    const { outcome } = await attemptTask({ call, memory, task: task.name, attempt }, current);
    if (!outcome) throw failure("configuration", "CURSOR_KIND", `a cursor of kind '${cursor.kind}' cannot claim rows`);
    if (outcome.status === "ok") return rowsOf(outcome, cursor.kind);
    const stopped = call.stopped();
    if (stopped) throw new CallFailure(stopped);
    if (attempt >= attempts) {
      throw new CallFailure(outcome.error ?? { kind: "unknown", retryable: false, message: "the claim failed" });
    }
    await rest(call.host.clock, DELAYS[Math.min(attempt, DELAYS.length) - 1] ?? 0, call.signal);
  }
}

/** The key that holds a tool's statement: `command` for SQL, else what the tool requires first. */
function statementKey(tool: ReturnType<Call["host"]["tool"]>): string {
  const required = tool?.required[0] ?? ["command"];
  return required.includes("command") ? "command" : (required[0] ?? "command");
}

function rowsOf({ data }: ToolDone, kind: string): Json[] {
  if (Array.isArray(data)) return data;
  for (const key of ["rows", "messages", "result"]) {
    const rows = isObject(data) ? data[key] : undefined;
    if (Array.isArray(rows)) return rows as Json[];
  }
  throw failure("schema", "CURSOR_ROWS", `the claim of kind '${kind}' returned no rows`);
}
