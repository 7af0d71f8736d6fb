import { createHash } from "node:crypto";
import type { ErrorInfo, Json, JsonObject } from "@noetl/core";
import type { ResumeOutcome, Wait } from "@noetl/engine";
import type { Envelope } from "@noetl/scope";
import type { ToolDone } from "@noetl/tools";
import { type Memory, newMemory, remember, writeCtx } from "../bind/memory.ts";
import type { Site } from "../bind/names.ts";
import type { TaskPlan } from "../bind/plan.ts";
import { type Action, type Directive, type Finished, type MachineEvent, next } from "../machine/index.ts";
import { attemptTask, guardHolds } from "./attempt.ts";
import type { Call, Item } from "./call.ts";
import { envelopeOf, lenientHttp, readStatus } from "./envelope.ts";
import { errorInfo, failure } from "./failure.ts";
import { applyTaskSet, brokenAssertion, judge } from "./judge.ts";
import { keepInMemory } from "./memory-ctx.ts";
import { tell } from "./progress.ts";
import { resumed } from "./resume.ts";

/** A retry that waits longer than this gives its worker back, where the host can set a timer (DSL §13.3). */
const PARKED_DELAY = 30_000;

export type PipelineEnd =
  | { status: "done"; memory: Memory }
  | { status: "failed"; memory: Memory; error: ErrorInfo; task?: string }
  | { status: "parked"; memory: Memory; wait: Wait; held: Held };

/** What a parked pipeline waits in: a call of a tool, or the delay before an attempt. */
export type Held = { type: "call"; input: JsonObject; started: number; wait: JsonObject } | { type: "delay" };

export interface PipelineOptions {
  item?: Item | undefined;
  /** variables as they are now; default those of the command */
  ctx?: JsonObject;
  /** may long delays be handed to the host? */
  parks: boolean;
  resume?: { memory: Memory; held: Held; outcome: ResumeOutcome };
}

/** Runs the tasks of a step once (DSL §13.3), from the start or from where it was parked. Throws only on bugs. */
export async function runPipeline(call: Call, options: PipelineOptions): Promise<PipelineEnd> {
  const { plan } = call;
  const program = { tasks: plan.tasks.length, maxIterations: call.maxIterations };
  const { resume, item } = options;
  const memory = resume?.memory ?? newMemory(program, options.ctx ?? call.command.context.ctx, call.host.clock.now());
  let directive: Directive;
  const move = (event: MachineEvent) => {
    [memory.machine, directive] = next(memory.machine, program, event);
    return directive;
  };
  const siteAt = (task: number, attempt: number): Site => {
    const name = plan.tasks[task]?.task.name;
    return { call, memory, item, attempt, ...(name === undefined ? {} : { task: name }) };
  };

  if (!resume) directive = move({ type: "start" });
  else if (resume.held.type === "delay") directive = move({ type: "slept" });
  else {
    const { at, attempts } = memory.machine;
    const { held } = resume;
    const outcome = await resumed(call, held.wait as unknown as Wait, resume.outcome);
    directive = move(
      await conclude(siteAt(at, attempts[at] ?? 1), planAt(call, at), held.input, {}, outcome, held.started),
    );
  }

  for (;;) {
    const stopped = call.stopped();
    const task = plan.tasks[memory.machine.at]?.task.name;
    const at = task === undefined ? {} : { task };
    if (directive.do === "done") return { status: "done", memory };
    if (directive.do === "failed") return { status: "failed", memory, error: directive.error, ...at };
    if (stopped) return { status: "failed", memory, error: stopped, ...at };
    if (directive.do === "sleep") {
      const site = siteAt(directive.task, directive.attempt);
      const { ms } = directive;
      tellRetry(site, directive.attempt, ms);
      if (ms > PARKED_DELAY && options.parks) {
        return { status: "parked", memory, wait: { kind: "timer", delay_ms: ms }, held: { type: "delay" } };
      }
      await rest(call, ms);
      directive = move({ type: "slept" });
      continue;
    }
    const current = planAt(call, directive.task);
    const site = siteAt(directive.task, directive.attempt);
    const started = call.host.clock.now();
    const skip = await guarded(site, current);
    if (skip === true) {
      remember(memory, current.task.name, null);
      memory.prev = null;
      directive = move({ type: "skipped" });
      continue;
    }
    const attempt = skip === false ? await attemptTask(site, current) : { input: {}, config: {}, outcome: skip };
    if (attempt.wait) {
      const held: Held = {
        type: "call",
        input: attempt.input,
        started,
        wait: attempt.wait as unknown as JsonObject,
      };
      return { status: "parked", memory, wait: attempt.wait, held };
    }
    directive = move(await conclude(site, current, attempt.input, attempt.config, attempt.outcome, started));
  }
}

function planAt(call: Call, task: number): TaskPlan {
  const plan = call.plan.tasks[task];
  if (!plan) throw failure("unknown", "BUG", `there is no task ${task} in step '${call.command.step.step}'`);
  return plan;
}

async function guarded(site: Site, plan: TaskPlan): Promise<boolean | ToolDone> {
  try {
    return !(await guardHolds(site, plan));
  } catch (error) {
    return { status: "error", error: errorInfo(error) };
  }
}

/** From the outcome of the tool to the event of the machine: envelope, assertion, `set`, rules. */
async function conclude(
  site: Site,
  plan: TaskPlan,
  input: JsonObject,
  config: JsonObject,
  outcome: ToolDone,
  started: number,
): Promise<Finished> {
  const { call, memory } = site;
  const { task } = plan;
  const bound = { ...site, input };
  let envelope = envelopeOf(read(call, plan, outcome), {
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
    action =
      task.rules.length === 0 ? { do: "unmatched", policy: task.onUnmatched } : await judge(bound, plan, envelope);
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

async function rest(call: Call, ms: number): Promise<void> {
  try {
    await call.host.clock.sleep(ms, call.signal);
  } catch (error) {
    // Woken by whoever stops the call: the loop asks why.
    if (!call.signal.aborted) throw error;
  }
}

function tellRetry(site: Site, attempt: number, ms: number): void {
  const message = site.memory.last?.error?.message ?? "the outcome asked for another attempt";
  const task = site.task ?? "";
  tell(site.call, site.item, {
    type: "task.retry",
    task,
    attempt,
    delay_ms: ms,
    message: site.call.shared.redactor.text(message),
  });
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
