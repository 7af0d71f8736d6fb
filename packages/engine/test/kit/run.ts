import { planOf } from "@noetl/playbook";
import { type Answer, type HostOptions, play } from "./host.ts";
import { playbook, type StepShape } from "./playbook.ts";

export type Steps = { [name: string]: StepShape };

/** Answers by step name; a function sees the run number. */
export function run(
  steps: Steps,
  options: Parameters<typeof playbook>[1] & {
    answers?: { [step: string]: Answer | ((run: number) => Answer) };
    host?: HostOptions;
  } = {},
) {
  const { answers = {}, host = {}, ...rest } = options;
  const ended = play(planOf(playbook(steps, rest)), {
    behave: ({ issued }) => {
      const answer = answers[issued.step];
      return typeof answer === "function" ? answer(issued.run) : (answer ?? { data: null });
    },
    ...host,
  });
  const view = ended.run.view();
  const runs = Object.fromEntries(view.steps.map((step) => [step.step, step.runs]));
  const status = Object.fromEntries(view.steps.map((step) => [step.step, step.status]));
  const order = ended.events.flatMap((event) => (event.type === "step.enter" ? [event.step] : []));
  return { ...ended, view, runs, status, order, ctx: view.ctx };
}

export const failed: Answer = { error: { kind: "server_error", message: "503" } };
/** the report of one step before that of another */
export const first = (...steps: string[]) => ({
  rank: (key: string) => {
    const at = steps.indexOf(key.split("#")[0] ?? "");
    return at < 0 ? steps.length : at;
  },
});
