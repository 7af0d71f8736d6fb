import { ensureError, formatDuration } from "@noetl/core";
import { type ExecutionState, type State, shownPicture, TABS } from "../state/state.ts";
import { dataView } from "./execution/data.ts";
import { graphView } from "./execution/graph.ts";
import { logsView } from "./execution/logs.ts";
import { stepsView } from "./execution/steps.ts";
import { timelineView } from "./execution/timeline.ts";
import { executionsView } from "./executions.ts";
import { helpView } from "./help.ts";
import { hintsOf } from "./hints.ts";
import { blank, cut, ends, fill, type Line, line, widthOf } from "./line.ts";
import { exactly } from "./list.ts";
import { playbookView } from "./playbook.ts";
import { playbooksView } from "./playbooks.ts";
import { type Look, markOf, took } from "./words.ts";
import { workersView } from "./workers.ts";

export const SMALLEST = { columns: 40, rows: 10 };

/** The whole screen: exactly as many lines as the terminal has, none longer than it is wide. */
export function frame(state: State, look: Look): Line[] {
  const { columns, rows } = state.size;
  if (columns < SMALLEST.columns || rows < SMALLEST.rows) {
    const text = `this window is too small: ${SMALLEST.columns}×${SMALLEST.rows} at least`;
    return exactly([line(text), line("q quits")], rows).map((spans) => cut(spans, columns));
  }
  const top = [titleLine(state), ...(state.help ? [] : guarded(() => headOf(state, look)))];
  const body = guarded(() => bodyOf(state, columns, rows - top.length - 1, look));
  return [...exactly([...top, ...body], rows - 1), bottomLine(state)].map((spans) => cut(spans, columns));
}

/** A view that breaks must not break the terminal; the others can still be reached. */
function guarded(view: () => Line[]): Line[] {
  try {
    return view();
  } catch (error) {
    const { message, stack } = ensureError(error);
    const where = (stack ?? "").split("\n").slice(1, 6);
    return [
      line([`this view cannot be drawn: ${message}`, { color: "red" }]),
      line("Esc leads back; this is a mistake of the program"),
      blank,
      ...where.map((text) => line([text, { dim: true }])),
    ];
  }
}

function bodyOf(state: State, width: number, height: number, look: Look): Line[] {
  if (state.help) return helpView(state, width, height, look.ascii);
  switch (state.screen) {
    case "executions":
      return executionsView(state, width, height, look);
    case "execution":
      return state.execution ? tabView(state.execution, { width, height, look, now: state.now }) : [];
    case "playbooks":
      return playbooksView(state, width, height);
    case "playbook":
      return state.playbook ? playbookView(state.playbook, height) : [];
    case "workers":
      return workersView(state, width, height);
  }
}

function tabView(
  execution: ExecutionState,
  { width, height, look, now }: { width: number; height: number; look: Look; now: number },
): Line[] {
  const at = execution.replay ? timeOf(execution, now) : now;
  switch (execution.tab) {
    case "graph":
      return graphView(execution, width, height, look, at);
    case "steps":
      return stepsView(execution, width, height, look, at);
    case "timeline":
      return timelineView(execution, width, height);
    case "logs":
      return logsView(execution, width, height, look.ascii);
    case "data":
      return dataView(execution, height, look);
  }
}

/** The time at which the replay stands. */
function timeOf({ events, replay }: ExecutionState, now: number): number {
  return events.findLast(({ seq, ts }) => ts !== null && seq <= (replay?.at ?? 0))?.ts ?? now;
}

const SCREENS = [
  ["executions", "Executions"],
  ["playbooks", "Playbooks"],
  ["workers", "Workers"],
] as const;

function titleLine(state: State): Line {
  const { link, source, size } = state;
  const here = state.screen === "execution" ? "executions" : state.screen === "playbook" ? "playbooks" : state.screen;
  const tabs = SCREENS.map(
    ([screen, name]) => [`  ${name}`, screen === here ? { bold: true } : { dim: true }] as const,
  );
  const left = line(["NoETL", { bold: true, color: "blue" }], ...tabs);
  const room = Math.max(0, size.columns - widthOf(left) - 2);
  if (link.state === "lost") {
    const since = formatDuration(Math.max(0, state.now - link.since));
    const text = `LOST for ${since}, trying again: ${link.message}`;
    return ends(left, cut(line([text, { color: "red", bold: true }]), room), size.columns);
  }
  const word = link.state === "up" ? (source.kind === "server" ? "live" : "local") : "connecting";
  const label = cut(line([source.label, { dim: true }]), Math.max(0, room - word.length - 2));
  const right = [...label, ...line("  ", [word, { color: link.state === "up" ? "green" : "yellow" }])];
  return ends(left, right, size.columns);
}

/** Of an execution: which one, how it stands, and the tabs. */
function headOf({ screen, execution, now, size }: State, look: Look): Line[] {
  if (screen !== "execution" || !execution) return [];
  const { detail, id, replay, events } = execution;
  const picture = shownPicture(execution);
  const status = picture?.status ?? detail?.status ?? "";
  const { mark, style } = markOf(status, look);
  const time = picture
    ? took(picture.startedAt ?? detail?.startedAt ?? null, picture.endedAt, replay ? timeOf(execution, now) : now)
    : "";
  const name = detail ? `${detail.path}${detail.version === null ? "" : `@${detail.version}`}` : "…";
  const left = line(
    [name, { bold: true }],
    "  ",
    [status === "" ? "" : `${mark} ${status}`, style],
    [`  ${time}`, { dim: true }],
  );
  const lines = [ends(left, line([id, { dim: true }]), size.columns)];
  const tabs = TABS.map(
    (tab, index) =>
      [` ${index + 1} ${tab} `, tab === execution.tab ? { inverse: true, bold: true } : { dim: true }] as const,
  );
  const marked = TABS.map((tab, index) =>
    tab === execution.tab
      ? ([`[${index + 1} ${tab}]`, tabs[index]?.[1]] as const)
      : (tabs[index] ?? (["", undefined] as const)),
  );
  lines.push(
    ends(
      line(...marked),
      replay ? replayText(execution) : line([`${events.length} events`, { dim: true }]),
      size.columns,
    ),
  );
  const error = picture?.error;
  if (error != null && error !== "") lines.push(line([error, { color: "red" }]));
  return lines;
}

function replayText({ replay, events }: ExecutionState): Line {
  if (!replay) return blank;
  const last = events.at(-1)?.seq ?? 0;
  return line([
    `REPLAY ${replay.playing ? "▶" : "‖"} ${replay.at}/${last}  ${replay.speed} a second`,
    { color: "magenta", bold: true },
  ]);
}

function bottomLine(state: State): Line {
  const { prompt, notice, size } = state;
  if (prompt?.ask === "confirm")
    return fill(line([`${prompt.question} y/n`, { color: "yellow", bold: true }]), size.columns);
  if (prompt?.ask === "filter")
    return line(
      ["filter: ", { color: "cyan" }],
      prompt.text,
      ["█", { dim: true }],
      ["   Enter keeps it, Esc drops it", { dim: true }],
    );
  if (prompt) {
    const problem =
      prompt.problem === undefined ? "   Enter starts, empty: as written, Esc does not" : `   ${prompt.problem}`;
    return line(
      [`workload of ${prompt.path} (JSON or name=value): `, { color: "cyan" }],
      prompt.text,
      ["█", { dim: true }],
      [problem, prompt.problem === undefined ? { dim: true } : { color: "red" }],
    );
  }
  if (notice) return line([notice.text, { color: notice.bad ? "red" : "green" }]);
  return line(
    ...hintsOf(state).flatMap(([key, what]) => [
      [key, { color: "cyan" }] as const,
      [` ${what}  `, { dim: true }] as const,
    ]),
  );
}
