import { formatDuration } from "@noetl/core";
import { clockTime } from "@noetl/sdk";
import { masker } from "../../source/mask.ts";
import type { StepPicture } from "../../source/port.ts";
import { logLines } from "../../state/log-lines.ts";
import { type ExecutionState, focusOf, shownEvents, shownPicture, type Workflow } from "../../state/state.ts";
import { blank, cell, fill, type Line, line, type Span, type Style } from "../line.ts";
import { exactly } from "../list.ts";
import { type Look, loopText, markOf, retriesOf } from "../words.ts";
import { stepFacts } from "./facts.ts";
import { type StepTimes, stepTimes } from "./step-times.ts";

/** Columns that every box keeps free for what happens in it. */
export const NOTE_WIDTH = 16;

const ASIDE = 38;

/** The steps as boxes in layers, lit up by what became of them; what is known of the chosen one beside or below. */
export function graphView(execution: ExecutionState, width: number, height: number, look: Look, now: number): Line[] {
  const { workflow, problem } = execution;
  if (!workflow) return exactly([line(`  ${problem ?? "looking …"}`)], height);
  const times = stepTimes(shownEvents({ ...execution, filter: "" }));
  const wide = width >= 110;
  const facts = stepFacts(execution, times, look, now);
  if (wide) {
    const art = lights(execution, workflow, { width: width - ASIDE - 3, height, look, times, now });
    const bar = look.ascii ? "|" : "│";
    const aside = exactly([...facts, blank, ...latest(execution, height - facts.length - 1)], height);
    return art.map((row, index) => [
      ...fill(row, width - ASIDE - 3),
      ...line([` ${bar} `, { dim: true }]),
      ...(aside[index] ?? []),
    ]);
  }
  const below = facts.slice(0, Math.min(facts.length, height > 16 ? 3 : 1));
  return [...lights(execution, workflow, { width, height: height - below.length, look, times, now }), ...below];
}

/** The end of the logs, where there is room for it. */
function latest(execution: ExecutionState, room: number): Line[] {
  if (room < 4) return [];
  const mask = masker(execution.detail?.workload ?? {});
  return logLines(shownEvents({ ...execution, filter: "" }))
    .slice(1 - room)
    .map(({ ts, step, text }) =>
      line([ts === null ? "" : clockTime(ts).slice(0, 8), { dim: true }], ` ${step} `, [
        String(mask(text)),
        { dim: true },
      ]),
    );
}

interface Stage {
  width: number;
  height: number;
  look: Look;
  times: ReadonlyMap<string, StepTimes>;
  now: number;
}

type Box = Workflow["drawing"]["boxes"][number];

function lights(execution: ExecutionState, { drawing, graph }: Workflow, stage: Stage): Line[] {
  const { width, height, look } = stage;
  const picture = shownPicture(execution);
  const steps = new Map(picture?.steps.map((step) => [step.step, step]) ?? []);
  const focus = focusOf(execution);
  const boxes = drawing.boxes.map((box) => {
    const step = steps.get(box.step) ?? { step: box.step, status: "PENDING", runs: 0, attempts: 0 };
    const implicit = graph.nodes.some((node) => node.step === box.step && node.implicit);
    const chosen = focus === box.step && !implicit;
    return { box, step, chosen, ...(implicit ? {} : { note: noteOf(step, stage) }) };
  });
  const legend = drawing.legend.map((text) => line([text, { dim: true }]));
  const rows: Line[] = drawing.lines.map((text, y) => {
    const characters = [...text];
    const spans: Span[] = [];
    let x = 0;
    const upTo = (end: number, style?: Style) => {
      const part = characters
        .slice(x, end)
        .join("")
        .padEnd(Math.max(0, Math.min(end, Number.MAX_SAFE_INTEGER) - x));
      if (part !== "") spans.push(style ? { text: part, style } : { text: part });
      x = end;
    };
    for (const lit of boxes
      .filter(({ box }) => y >= box.y && y < box.y + box.height)
      .sort((a, b) => a.box.x - b.box.x)) {
      upTo(lit.box.x, { dim: true });
      spans.push(...boxRow(lit, characters, y, look));
      x = lit.box.x + lit.box.width;
    }
    if (x < characters.length) upTo(characters.length, { dim: true });
    return spans;
  });
  const all = [...rows, ...legend];
  const chosen = boxes.find((one) => one.chosen)?.box;
  const full = Math.max(0, ...drawing.lines.map((text) => [...text].length));
  const left =
    full <= width ? -Math.floor((width - full) / 2) : offset(chosen ? chosen.x + chosen.width / 2 : 0, width, full);
  const top = all.length <= height ? 0 : offset(chosen ? chosen.y + chosen.height / 2 : 0, height, all.length);
  return exactly(
    all
      .slice(top, top + height)
      .map((row, index) => (top + index < rows.length ? shifted(row, left) : [...line("  "), ...row])),
    height,
  );
}

/** Where a window begins that has this place in its middle. */
function offset(middle: number, window: number, full: number): number {
  return Math.max(0, Math.min(Math.floor(middle - window / 2), full - window));
}

/** Without what lies left of the window; negative: moved to the right. */
function shifted(row: Line, left: number): Line {
  if (left <= 0) return [{ text: " ".repeat(-left) }, ...row];
  const spans: Span[] = [];
  let skip = left;
  for (const span of row) {
    const characters = [...span.text];
    if (characters.length <= skip) {
      skip -= characters.length;
      continue;
    }
    spans.push({ ...span, text: characters.slice(skip).join("") });
    skip = 0;
  }
  return spans;
}

function boxRow(
  { box, step, chosen, note }: { box: Box; step: StepPicture; chosen: boolean; note?: string },
  characters: readonly string[],
  y: number,
  look: Look,
): Span[] {
  const { style } = markOf(step.status, look);
  const own = characters.slice(box.x, box.x + box.width);
  while (own.length < box.width) own.push(" ");
  const edge = y === box.y || y === box.y + box.height - 1;
  if (edge) return [{ text: own.map((mark) => (chosen ? heavy(mark, look) : mark)).join(""), style }];
  const [first = "│", last = "│"] = [own[0], own.at(-1)];
  const inner = own.slice(1, -1).join("");
  const isNote = note !== undefined && y === box.y + box.height - 2;
  const text = isNote ? ` ${cell(note, box.width - 3)}` : inner;
  const title = y === box.y + 1;
  return [
    { text: chosen ? heavy(first, look) : first, style },
    {
      text,
      ...(isNote || title
        ? { style: title ? { ...style, bold: true, ...(chosen ? { inverse: true } : {}) } : style }
        : { style: { dim: true } }),
    },
    { text: chosen ? heavy(last, look) : last, style },
  ];
}

const HEAVY: { readonly [mark: string]: string } = {
  "─": "═",
  "│": "║",
  "┌": "╔",
  "┐": "╗",
  "└": "╚",
  "┘": "╝",
  "┬": "╤",
  "┴": "╧",
};

function heavy(mark: string, { ascii }: Look): string {
  if (ascii) return mark === "-" ? "=" : mark === "|" ? "#" : mark;
  return HEAVY[mark] ?? mark;
}

/** `✓ 3/3 1.2s`, `● 4/10 2 retries`. */
function noteOf(step: StepPicture, { look, times, now }: Stage): string {
  const { mark } = markOf(step.status, look);
  if (step.status === "PENDING") return mark;
  if (step.status === "SKIPPED") return `${mark} skipped`;
  const parts = [mark];
  const loop = loopText(step);
  if (loop !== "") parts.push(loop);
  const retries = retriesOf(step);
  if (step.runs > 1) parts.push(`x${step.runs}`);
  if (retries > 0) parts.push(`${look.ascii ? "~" : "↻"}${retries}`);
  const time = times.get(step.step);
  if (time?.enteredAt != null && (time.exitedAt !== null || step.status === "RUNNING")) {
    parts.push(formatDuration(Math.max(0, (time.exitedAt ?? now) - time.enteredAt)));
    // Counts are worth more than the time.
    if (parts.join(" ").length > NOTE_WIDTH) parts.pop();
  }
  return parts.join(" ");
}
