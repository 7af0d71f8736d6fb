import type { JsonObject } from "@noetl/core";
import type { Drawing, PlaybookGraph } from "@noetl/playbook";
import type {
  ExecutionDetail,
  ExecutionRow,
  Picture,
  PlaybookRow,
  PlaybookText,
  StepInputs,
  TimelineEvent,
  Workforce,
} from "../source/port.ts";

/** The steps of a playbook and their boxes. */
export interface Workflow {
  graph: PlaybookGraph;
  drawing: Drawing;
}

export const TABS = ["graph", "steps", "timeline", "logs", "data"] as const;
export type Tab = (typeof TABS)[number];

export const STATUS_FILTERS = ["all", "running", "failed", "completed", "cancelled"] as const;
export type StatusFilter = (typeof STATUS_FILTERS)[number];

export type Screen = "executions" | "execution" | "playbooks" | "playbook" | "workers";

/** Everything the terminal shows comes from this and the size; nothing else is kept anywhere. */
export interface State {
  source: { kind: "server" | "local"; label: string; canResume: boolean };
  size: { columns: number; rows: number };
  /** ms since 1970, as of the last tick */
  now: number;
  link: Link;
  screen: Screen;
  /** where Esc leads */
  back: Screen[];
  help: boolean;
  prompt?: Prompt;
  notice?: { text: string; bad: boolean; until: number };
  executions: { rows?: ExecutionRow[]; selected?: string; filter: string; status: StatusFilter };
  execution?: ExecutionState;
  playbooks: { rows?: PlaybookRow[]; selected?: string; filter: string };
  playbook?: PlaybookState;
  workers: { force?: Workforce; scroll: number };
  /** set when the program is to end */
  quit?: "key" | "interrupt";
}

export interface PlaybookState {
  path: string;
  version: string | null;
  text?: PlaybookText;
  workflow?: Workflow;
  /** why there is no drawing */
  problem?: string;
  drawn: boolean;
  scroll: { x: number; y: number };
}

export type Link = { state: "connecting" | "up" } | { state: "lost"; message: string; since: number };

export interface ExecutionState {
  id: string;
  tab: Tab;
  detail?: ExecutionDetail;
  workflow?: Workflow;
  /** why there is no drawing */
  problem?: string;
  events: TimelineEvent[];
  /** as it is now */
  picture?: Picture;
  /** the step that was chosen; absent: the one where something happens, see `focusOf` */
  step?: string;
  /** place of the cursor in a list of the tab, from the top; absent: at the end, with what comes */
  cursor: { timeline?: number; logs?: number; data: number };
  filter: string;
  /** an event is open, by its place among those shown */
  opened?: { scroll: number };
  /** of the loop item whose inputs are shown */
  item: number;
  inputs?: { step: string; item: number; given: StepInputs };
  replay?: Replay;
}

/** Looking at an earlier point of the log: `at` is the number of the last event that counts. */
export interface Replay {
  at: number;
  picture?: Picture;
  playing: boolean;
  /** events a second */
  speed: number;
}

export type Prompt =
  | { ask: "filter"; text: string; before: string }
  | { ask: "workload"; text: string; path: string; version: string | null; problem?: string }
  | { ask: "confirm"; question: string; action: Action };

/** What changes something outside. */
export type Action =
  | { do: "cancel"; id: string }
  | { do: "rerun"; id: string }
  | { do: "resume"; id: string }
  | { do: "start"; path: string; version: string | null; workload: JsonObject };

export function initialState(
  source: State["source"],
  size: State["size"],
  now: number,
  open: { execution?: string; playbook?: string } = {},
): State {
  const state: State = {
    source,
    size,
    now,
    link: { state: "connecting" },
    screen: "executions",
    back: [],
    help: false,
    executions: { filter: "", status: "all" },
    playbooks: { filter: "" },
    workers: { scroll: 0 },
  };
  if (open.execution !== undefined) {
    return { ...state, screen: "execution", back: ["executions"], execution: newExecution(open.execution) };
  }
  if (open.playbook === undefined) return state;
  const playbook = { path: open.playbook, version: null, drawn: true, scroll: { x: 0, y: 0 } };
  return { ...state, screen: "playbook", back: ["executions"], playbook };
}

export function newExecution(id: string): ExecutionState {
  return { id, tab: "graph", events: [], cursor: { data: 0 }, filter: "", item: 0 };
}

/** The picture on the screen: of the replay when there is one. */
export function shownPicture(execution: ExecutionState): Picture | undefined {
  return execution.replay ? execution.replay.picture : execution.picture;
}

/** The step that the views speak of: the chosen one, else what runs, what failed, or the first. */
export function focusOf(execution: ExecutionState): string | undefined {
  if (execution.step !== undefined) return execution.step;
  const steps = shownPicture(execution)?.steps ?? [];
  const running = steps.filter(({ status }) => status === "RUNNING").map(({ step }) => step);
  if (running.length > 0) {
    return execution.events.findLast(({ step }) => step !== null && running.includes(step))?.step ?? running[0];
  }
  const notable = steps.find(({ status }) => status === "FAILED") ?? steps.find(({ status }) => status === "CANCELLED");
  return notable?.step ?? execution.workflow?.graph.entry ?? steps[0]?.step;
}

/** The events on the screen: up to where the replay stands. */
export function shownEvents({ events, replay, filter }: ExecutionState): TimelineEvent[] {
  const upTo = replay ? events.slice(0, events.findLastIndex(({ seq }) => seq <= replay.at) + 1) : events;
  return filter === ""
    ? upTo
    : upTo.filter((event) => matches(filter, [event.type, event.step ?? "", event.error ?? ""]));
}

/** All words of the filter somewhere in the texts, in any case. */
export function matches(filter: string, texts: readonly string[]): boolean {
  const text = texts.join("\n").toLowerCase();
  return filter
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

const IN_STATUS: Record<StatusFilter, (status: string) => boolean> = {
  all: () => true,
  running: (status) => !isOver(status),
  failed: (status) => status === "FAILED" || status === "INTERRUPTED",
  completed: (status) => status === "COMPLETED",
  cancelled: (status) => status === "CANCELLED",
};

export function shownExecutions({ executions: { rows = [], filter, status } }: State): ExecutionRow[] {
  const holds = IN_STATUS[status];
  return rows.filter((row) => holds(row.status) && matches(filter, [row.id, row.path, row.status, row.error ?? ""]));
}

export function shownPlaybooks({ playbooks: { rows = [], filter } }: State): PlaybookRow[] {
  return rows.filter((row) => matches(filter, [row.path]));
}

/** Nothing happens any more; INTERRUPTED: its process is gone. */
export function isOver(status: string): boolean {
  return /^(COMPLETED|FAILED|CANCELLED|INTERRUPTED)$/.test(status);
}
