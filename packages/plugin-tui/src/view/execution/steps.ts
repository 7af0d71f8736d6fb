import { type ExecutionState, focusOf, shownEvents, shownPicture } from "../../state/state.ts";
import { cell, type Line, line } from "../line.ts";
import { exactly, list } from "../list.ts";
import { type Look, loopText, markOf, retriesOf, took } from "../words.ts";
import { stepTimes } from "./step-times.ts";

/** One line a step, in the order of the playbook. */
export function stepsView(execution: ExecutionState, width: number, height: number, look: Look, now: number): Line[] {
  const steps = shownPicture(execution)?.steps ?? [];
  const focus = focusOf(execution);
  const times = stepTimes(shownEvents({ ...execution, filter: "" }));
  const name = Math.min(34, Math.max(8, ...steps.map(({ step }) => step.length)) + 2);
  const heading = `  ${cell("STATUS", 12)}${cell("STEP", name)}${cell("TOOK", 8)}${cell("RUNS", 6)}${cell("RETRIES", 9)}${cell("ITEMS", 16)}`;
  const at = Math.max(
    0,
    steps.findIndex(({ step }) => step === focus),
  );
  const rows = list({
    rows: steps,
    at,
    width,
    height: height - 1,
    draw(step) {
      const { mark, style } = markOf(step.status, look);
      const time = times.get(step.step);
      const retries = retriesOf(step);
      return line(
        [cell(`${mark} ${step.status}`, 12), style],
        cell(step.step, name),
        [cell(time ? took(time.enteredAt, time.exitedAt, now) : "", 8), { dim: true }],
        cell(step.runs === 0 ? "" : String(step.runs), 6),
        cell(retries === 0 ? "" : String(retries), 9),
        cell(loopText(step), 16),
        [time?.error ?? "", { color: "red" }],
      );
    },
  });
  return [line([heading, { dim: true }]), ...exactly(rows.length > 0 ? rows : [line("  looking …")], height - 1)];
}
