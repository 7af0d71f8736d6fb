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
import type { Action, Workflow } from "./state.ts";

/** Everything that happens. */
export type Message =
  | { type: "key"; key: string }
  | { type: "resize"; columns: number; rows: number }
  | { type: "tick"; now: number }
  /** a step of a replay that plays */
  | { type: "beat" }
  | { type: "link"; up: true }
  | { type: "link"; up: false; message: string }
  | { type: "executions"; rows: ExecutionRow[] }
  | { type: "execution"; detail: ExecutionDetail; workflow?: Workflow; problem?: string }
  | { type: "events"; id: string; events: TimelineEvent[] }
  /** `at` absent: as it is now */
  | { type: "picture"; id: string; at?: number; picture: Picture }
  | { type: "inputs"; id: string; step: string; item: number; given: StepInputs }
  | { type: "playbooks"; rows: PlaybookRow[] }
  | { type: "playbook"; text: PlaybookText; workflow?: Workflow; problem?: string }
  | { type: "workers"; force: Workforce }
  /** `open`: the new execution to show */
  | { type: "done"; text: string; open?: string }
  | { type: "failed"; text: string };

/** What is to be done once. */
export type Effect =
  | Action
  | { do: "look"; id: string; at: number }
  | { do: "inputs"; id: string; step: string; item: number }
  | { do: "refresh" };
