import { createHash } from "node:crypto";
import type { ErrorInfo, Json, JsonObject } from "@noetl/core";
import type { Envelope } from "@noetl/scope";
import type { ToolDone } from "@noetl/tools";
import { type Memory, remember, writeCtx } from "../bind/memory.ts";
import type { Site } from "../bind/names.ts";
import type { TaskPlan } from "../bind/plan.ts";
import type { Action, Finished } from "../machine/index.ts";
import type { Call } from "./call.ts";
import { envelopeOf, lenientHttp, readStatus } from "./envelope.ts";
import { errorInfo, failure } from "./failure.ts";
import { applyTaskSet, brokenAssertion, judge } from "./judge.ts";
import { keepInMemory } from "./memory-ctx.ts";
import { tell } from "./progress.ts";

/** What a task did, and with what. */
export interface Executed {
  input: JsonObject;
  config: JsonObject;
  outcome: ToolDone;
  /** ms since 1970 */
  started: number;
}

/** From the outcome of the tool to the event of the machine: envelope, assertion, `set`, rules. */
export async function conclude(site: Site, plan: TaskPlan, executed: Executed): Promise<Finished> {
  const { input, config, started } = executed;
  const { call, memory } = site;
  const { task } = plan;
  const bound = { ...site, input };
  const stopped = executed.outcome.status === "ok" ? undefined : call.stopped();
  const outcome = stopped ? interrupted(executed.outcome, stopped) : read(call, plan, executed.outcome);
  let envelope = envelopeOf(outcome, {
    kind: task.kind,
    task: task.name,
    attempt: site.attempt ?? 1,
    started,
    ended: call.host.clock.now(),
    worker: call.host.environment.worker,
  });
  remember(memory, task.name, envelope.data);
  if (envelope.status === "ok") envelope = await settled(bound, plan, envelope, outcome);
  memory.last = envelope;
  tellFinished(bound, envelope);
  const common = { type: "finished" as const, ok: envelope.status === "ok", random: call.host.random.next() };
  let action: Action;
  let { error } = envelope;
  try {
    if (stopped) action = { do: "fail" };
    else if (task.rules.length === 0) action = { do: "unmatched", policy: task.onUnmatched };
    else action = await judge(bound, plan, envelope);
  } catch (thrown) {
    error = errorInfo(thrown);
    action = { do: "fail" };
  }
  if (action.do === "continue" || action.do === "break" || action.do === "unmatched") memory.prev = envelope.data;
  return {
    ...common,
    ...(error && { error }),
    action,
    ...(action.do === "jump" && {
      print: printOf(memory, task.name, input, config, envelope.data),
      pure: plan.tool?.pure === true && onlyPure(call, action.to, memory.machine.at),
    }),
  };
}

/** A call that is being stopped fails with the cause of that; no rule is asked (DSL §22). */
function interrupted(outcome: ToolDone, stopped: ErrorInfo): ToolDone {
  return { ...outcome, status: stopped.kind === "timeout" ? "timeout" : "error", error: stopped };
}

function read(call: Call, plan: TaskPlan, outcome: ToolDone): ToolDone {
  const { task } = plan;
  const lone = call.command.local_profile && !call.plan.labelled && task.rules.length === 0;
  if (lone && task.kind === "http") return lenientHttp(outcome);
  return readStatus(outcome, task.kind, task.rules.length > 0);
}

/** What follows a success and may still turn it into an error: variables of the tool, `assert`, `set`. */
async function settled(site: Site, plan: TaskPlan, envelope: Envelope, outcome: ToolDone): Promise<Envelope> {
  const { memory, call } = site;
  try {
    for (const [key, value] of Object.entries(outcome.ctx ?? {})) {
      writeCtx(memory, [key], keepInMemory(call, key, value));
      memory.ctx = { ...memory.ctx, [key]: value };
    }
    const broken = await brokenAssertion(site, plan, envelope);
    if (broken !== undefined) throw failure("policy", "ASSERTION_FAILED", broken);
    await applyTaskSet(site, plan, envelope);
    return envelope;
  } catch (error) {
    return { ...envelope, status: "error", error: errorInfo(error) };
  }
}

/** What makes two jumps equal: the same input and config, the same outcome, the same variables. */
function printOf(memory: Memory, task: string, input: JsonObject, config: JsonObject, data: Json): string {
  const text = JSON.stringify([task, memory.version, input, config, data]);
  return createHash("sha1").update(text).digest("base64");
}

/** Do all tasks between the target of the jump and here have no effect outside? */
function onlyPure(call: Call, to: number | "previous", at: number): boolean {
  const from = to === "previous" ? at - 1 : to;
  return call.plan.tasks.slice(Math.min(from, at), at + 1).every((plan) => plan.tool?.pure === true);
}

function tellFinished(site: Site, envelope: Envelope): void {
  const message = envelope.error?.message;
  tell(site.call, site.item, {
    type: "task.finished",
    task: site.task ?? "",
    status: envelope.status,
    duration_ms: envelope.meta.duration_ms,
    ...(message === undefined ? {} : { message: site.call.shared.redactor.text(message) }),
  });
}
