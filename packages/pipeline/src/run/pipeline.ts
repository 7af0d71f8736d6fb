import type { ErrorInfo, JsonObject } from "@noetl/core";
import type { ResumeOutcome, Wait } from "@noetl/engine";
import type { ToolDone } from "@noetl/tools";
import { type Memory, newMemory, remember } from "../bind/memory.ts";
import type { Site } from "../bind/names.ts";
import type { TaskPlan } from "../bind/plan.ts";
import { type Directive, type MachineEvent, next } from "../machine/index.ts";
import { type Attempt, attemptTask, guardHolds } from "./attempt.ts";
import type { Call, Item } from "./call.ts";
import { conclude } from "./conclude.ts";
import { rest } from "./deadline.ts";
import { errorInfo, failure } from "./failure.ts";
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
  const program = { tasks: call.plan.tasks.length, maxIterations: call.maxIterations };
  const { resume, item } = options;
  const memory = resume?.memory ?? newMemory(program, options.ctx ?? call.command.context.ctx, call.host.clock.now());
  const move = (event: MachineEvent): Directive => {
    const [state, directive] = next(memory.machine, program, event);
    memory.machine = state;
    return directive;
  };
  const siteAt = (task: number, attempt: number): Site => ({
    call,
    memory,
    item,
    attempt,
    task: planAt(call, task).task.name,
  });

  let directive = move(resume ? await goOn(resume, siteAt) : { type: "start" });
  for (;;) {
    if (directive.do === "done") return { status: "done", memory };
    const task = call.plan.tasks[directive.task]?.task.name ?? "";
    if (directive.do === "failed") return { status: "failed", memory, error: directive.error, task };
    const stopped = call.stopped();
    if (stopped) return { status: "failed", memory, error: stopped, task };
    const site = siteAt(directive.task, directive.attempt);
    if (directive.do === "sleep") {
      const { ms } = directive;
      tellRetry(site, ms);
      if (ms > PARKED_DELAY && options.parks) {
        return { status: "parked", memory, wait: { kind: "timer", delay_ms: ms }, held: { type: "delay" } };
      }
      await rest(call.host.clock, ms, call.signal);
      directive = move({ type: "slept" });
      continue;
    }
    const plan = planAt(call, directive.task);
    const started = call.host.clock.now();
    const attempt = await attempted(site, plan);
    if (attempt === "skipped") {
      remember(memory, plan.task.name, null);
      memory.prev = null;
      directive = move({ type: "skipped" });
    } else if (attempt.wait) {
      const { wait, input } = attempt;
      return { status: "parked", memory, wait, held: { type: "call", input, started, wait: wait as never } };
    } else directive = move(await conclude(site, plan, { ...attempt, started }));
  }
}

/** The event that brings a parked pipeline back: its delay is over, or the call it waited in came to something. */
async function goOn(
  { held, memory, outcome }: NonNullable<PipelineOptions["resume"]>,
  siteAt: (task: number, attempt: number) => Site,
): Promise<MachineEvent> {
  if (held.type === "delay") return { type: "slept" };
  const { at, attempts } = memory.machine;
  const site = siteAt(at, attempts[at] ?? 1);
  const came = await resumed(site.call, held.wait as unknown as Wait, outcome);
  const { input, started } = held;
  return conclude(site, planAt(site.call, at), { input, config: {}, outcome: came, started });
}

function planAt(call: Call, task: number): TaskPlan {
  const plan = call.plan.tasks[task];
  if (!plan) throw failure("unknown", "BUG", `there is no task ${task} in step '${call.command.step.step}'`);
  return plan;
}

async function attempted(site: Site, plan: TaskPlan): Promise<Attempt | "skipped"> {
  try {
    if (!(await guardHolds(site, plan))) return "skipped";
  } catch (error) {
    const outcome: ToolDone = { status: "error", error: errorInfo(error) };
    return { input: {}, config: {}, outcome };
  }
  return attemptTask(site, plan);
}

function tellRetry(site: Site, ms: number): void {
  const message = site.memory.last?.error?.message ?? "the outcome asked for another attempt";
  tell(site.call, site.item, {
    type: "task.retry",
    task: site.task ?? "",
    attempt: site.attempt ?? 1,
    delay_ms: ms,
    message: site.call.shared.redactor.text(message),
  });
}
