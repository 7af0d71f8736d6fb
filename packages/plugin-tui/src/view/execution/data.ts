import type { Json } from "@noetl/core";
import { masker } from "../../source/mask.ts";
import { type ExecutionState, focusOf, shownEvents, shownPicture } from "../../state/state.ts";
import { jsonLines } from "../json.ts";
import { blank, type Line, line } from "../line.ts";
import { scrolled } from "../list.ts";
import { type Look, loopText, markOf } from "../words.ts";

export function dataView(execution: ExecutionState, height: number, look: Look): Line[] {
  return scrolled(dataLines(execution, look), execution.cursor.data, height);
}

/** What went into the chosen step and what came out, then what the whole run knows. Secrets are masked. */
export function dataLines(execution: ExecutionState, look: Look): Line[] {
  const mask = masker(execution.detail?.workload ?? {});
  const picture = shownPicture(execution);
  const json = (value: Json) => jsonLines(mask(value), "  ");
  const lines: Line[] = [...stepData(execution, look, json)];
  const section = (title: string, value: Json | undefined) => {
    if (value === undefined) return;
    lines.push(line([title, { bold: true }]), ...json(value), blank);
  };
  section("workload", execution.detail?.workload);
  section("variables", picture?.variables);
  section("result", picture?.result);
  return lines;
}

function stepData(execution: ExecutionState, look: Look, json: (value: Json) => Line[]): Line[] {
  const name = focusOf(execution);
  const { inputs, item } = execution;
  if (name === undefined) return [];
  const step = shownPicture(execution)?.steps.find((each) => each.step === name);
  const { mark, style } = markOf(step?.status ?? "PENDING", look);
  const loop = step ? loopText(step) : "";
  const head = line(
    [`step ${name}`, { bold: true }],
    "  ",
    [`${mark} ${step?.status ?? "PENDING"}`, style],
    loop === "" ? "" : `  ${loop} items, showing ${item}`,
  );
  const lines: Line[] = [head, blank];
  if (inputs?.step === name && inputs.item === item) {
    const { given } = inputs;
    const title = given.rendered ? "given to its tools" : "as it is written";
    lines.push(line([title, { bold: true }], [given.rendered ? "" : `  ${given.why}`, { color: "yellow" }]));
    lines.push(...json(given.value), blank);
  }
  const outcome = outcomeOf(execution, name);
  if (outcome) {
    const { output, error, attempt } = outcome;
    const tries = attempt !== null && attempt > 1 ? `  attempt ${attempt}` : "";
    lines.push(line([error === null ? "its result" : "its error", { bold: true }], [tries, { dim: true }]));
    if (error !== null) lines.push(line([`  ${error}`, { color: "red" }]));
    if (output !== undefined) lines.push(...json(output));
    lines.push(blank);
  }
  return lines;
}

/** The last outcome of the step, of a loop that of the item. */
function outcomeOf(execution: ExecutionState, step: string) {
  const outcomes = shownEvents({ ...execution, filter: "" }).filter(
    (event) => event.step === step && /^(call|action)[._](done|error|completed|failed)$/.test(event.type),
  );
  return (
    outcomes.findLast(({ iteration }) => iteration === execution.item) ??
    outcomes.findLast(({ iteration }) => iteration === null) ??
    outcomes.at(-1)
  );
}
