import type { RunView } from "../api.ts";
import { loopStats } from "../fold/loop.ts";
import { ended, type RunState } from "../state/state.ts";
import type { StepRun } from "../state/step-run.ts";

type StepView = RunView["steps"][number];

/** The run as status pages, `--json` and resume see it; steps in document order. */
export function viewOf(state: RunState): RunView {
  const steps = state.plan.playbook.workflow.map(({ step }) => stepOf(state, step));
  return {
    status: state.status,
    started_at: state.startedAt,
    ended_at: state.endedAt,
    steps,
    ctx: state.ctx,
    ...(state.result === undefined ? {} : { result: state.result }),
    ...(state.error === undefined ? {} : { error: state.error }),
    failed_steps: state.failedSteps.length > 0 ? state.failedSteps : state.failures.map(({ step }) => step),
  };
}

function stepOf(state: RunState, step: string): StepView {
  const run = state.runs.get(step);
  const record = state.records.get(step);
  if (run === undefined) return { step, status: "PENDING", runs: 0, attempts: 0 };
  const loop = loopOf(run, record?.stats);
  return {
    step,
    status: run.status === "RUNNING" && ended(state) ? "CANCELLED" : run.status,
    runs: run.run,
    attempts: run.attempts,
    ...(loop ? { loop } : {}),
    ...(record ? { record } : {}),
  };
}

function loopOf(run: StepRun, stats: ReturnType<typeof loopStats> | undefined): StepView["loop"] {
  if (run.loop) {
    const { success, failed, total } = { ...loopStats(run.loop), total: run.loop.total };
    return { total, done: success + failed + run.loop.skipped, failed, running: run.calls.size };
  }
  if (run.status === "RUNNING" || stats === undefined) return undefined;
  return { total: stats.total, done: stats.success + stats.failed, failed: stats.failed, running: 0 };
}
