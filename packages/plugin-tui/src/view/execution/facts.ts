import { type ExecutionState, focusOf, shownPicture } from "../../state/state.ts";
import { type Line, line } from "../line.ts";
import { type Look, loopText, markOf, retriesOf, textOf, took } from "../words.ts";
import type { StepTimes } from "./step-times.ts";

/** What is known of the chosen step, the most important first. */
export function stepFacts(
  execution: ExecutionState,
  times: ReadonlyMap<string, StepTimes>,
  look: Look,
  now: number,
): Line[] {
  const name = focusOf(execution);
  const { workflow } = execution;
  if (name === undefined) return [];
  const picture = shownPicture(execution);
  const step = picture?.steps.find((each) => each.step === name) ?? {
    step: name,
    status: "PENDING",
    runs: 0,
    attempts: 0,
  };
  const node = workflow?.graph.nodes.find((each) => each.step === name);
  const time = times.get(name);
  const { mark, style } = markOf(step.status, look);
  const duration = time ? took(time.enteredAt, time.exitedAt, now) : "";
  const lines: Line[] = [
    line(
      [name, { bold: true }],
      "  ",
      [`${mark} ${step.status}`, style],
      [duration === "" ? "" : `  ${duration}`, { dim: true }],
    ),
  ];
  if (time?.error != null) lines.push(line([time.error, { color: "red" }]));
  const counts = [
    ...(step.runs > 1 ? [textOf(step.runs, "run")] : []),
    ...(step.loop ? [`${loopText(step)} items${step.loop.running > 0 ? `, ${step.loop.running} running` : ""}`] : []),
    ...(retriesOf(step) > 0 ? [`tried again ${textOf(retriesOf(step), "time")}`] : []),
  ];
  if (counts.length > 0) lines.push(line(counts.join(", ")));
  const kinds = node?.kinds.join(", ") ?? "";
  const about = [kinds, node?.loop === undefined ? "" : `each ${node.loop}`].filter((part) => part !== "").join(", ");
  if (about !== "") lines.push(line([about, { dim: true }]));
  if (node?.desc !== undefined) lines.push(line([node.desc, { dim: true }]));
  for (const edge of workflow?.graph.edges ?? []) {
    if (edge.from !== name) continue;
    lines.push(
      line([
        `${look.ascii ? "->" : "→"} ${edge.to}${edge.when === undefined ? (edge.otherwise ? "  else" : "") : `  ${edge.when}`}`,
        { dim: true },
      ]),
    );
  }
  return lines;
}
