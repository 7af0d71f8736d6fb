import type { ErrorInfo, JsonObject } from "@noetl/core";
import type { Plan } from "@noetl/playbook";
import type { StepRecord } from "@noetl/scope";
import type { Run } from "../api.ts";
import type { CtxEntry, PlaybookInitialized, ResultValue, RunLimits } from "../events.ts";
import type { CallState } from "./call.ts";
import { type Queue, queue } from "./queue.ts";
import type { StepRun } from "./step-run.ts";
import { type Timers, timers } from "./timers.ts";
import { type Tokens, tokens } from "./tokens.ts";

export type Finish = { do: "updates"; run: StepRun; entries: CtxEntry[] } | { do: "finish"; run: StepRun };
export type Dispatch = { do: "run"; run: StepRun } | { do: "resume" | "reissue"; call: CallState };

/** Everything the folded log comes to. Only `fold` changes it (and `Tokens`, which remembers what it found out). */
export interface RunState {
  readonly plan: Plan;
  /** root names that every command needs: those of the keychain and of the playbook's defaults */
  readonly sharedRoots: ReadonlySet<string>;
  status: Run["status"];
  seq: number;
  /** `ts` of the last event that a host reported: `now()` of the engine's templates */
  now: number;
  executionId: string;
  start: PlaybookInitialized | undefined;
  startedAt: number | null;
  endedAt: number | null;
  /** `workflow.initialized` was folded */
  opened: boolean;
  /** the final step had its turn */
  finalDone: boolean;
  /** engine names of DSL §7.1 */
  engine: JsonObject;
  limits: RunLimits;
  ctx: JsonObject;
  readonly runs: Map<string, StepRun>;
  readonly records: Map<string, StepRecord>;
  /** grows with every change of `records` */
  recordsVersion: number;
  readonly active: Set<StepRun>;
  readonly calls: Map<string, CallState>;
  readonly parked: Map<string, CallState>;
  /** children whose caller has given up waiting */
  readonly forsaken: Set<string>;
  readonly tokens: Tokens;
  readonly finish: Queue<Finish>;
  readonly dispatch: Queue<Dispatch>;
  readonly abandon: Queue<CallState>;
  readonly timers: Timers;
  /** step runs so far */
  started: number;
  /** no token is honoured any more (DSL §19.3) */
  draining: boolean;
  stopping: { kind: "cancel"; reason: string } | { kind: "timeout"; error: ErrorInfo } | undefined;
  /** calls may be given up: the grace period is over */
  graceOver: boolean;
  /** a second cancel came: not even the final step is waited for */
  impatient: boolean;
  failures: { step: string; error: ErrorInfo }[];
  startError: ErrorInfo | undefined;
  lastTerminal: StepRecord | undefined;
  result: ResultValue | undefined;
  error: ErrorInfo | undefined;
  failedSteps: string[];
}

export const DEFAULT_LIMITS: RunLimits = { max_steps: 1_000_000, max_iterations: 100_000 };

export function emptyState(plan: Plan, sharedRoots: ReadonlySet<string>): RunState {
  return {
    plan,
    sharedRoots,
    status: "PENDING",
    seq: 0,
    now: 0,
    executionId: "",
    start: undefined,
    startedAt: null,
    endedAt: null,
    opened: false,
    finalDone: false,
    engine: {},
    limits: DEFAULT_LIMITS,
    ctx: {},
    runs: new Map(),
    records: new Map(),
    recordsVersion: 0,
    active: new Set(),
    calls: new Map(),
    parked: new Map(),
    forsaken: new Set(),
    tokens: tokens(plan),
    finish: queue(),
    dispatch: queue(),
    abandon: queue(),
    timers: timers(),
    started: 0,
    draining: false,
    stopping: undefined,
    graceOver: false,
    impatient: false,
    failures: [],
    startError: undefined,
    lastTerminal: undefined,
    result: undefined,
    error: undefined,
    failedSteps: [],
  };
}

export function ended(state: RunState): boolean {
  return state.status === "COMPLETED" || state.status === "FAILED" || state.status === "CANCELLED";
}

/** The step-run limit stops the run from starting anything else (DSL §18.5). */
export function exhausted(state: RunState): boolean {
  return state.started >= state.limits.max_steps && state.tokens.size > 0;
}

/** The latest run of the step when it is the one that the event speaks of. */
export function runOf(state: RunState, event: { step: string; run: number }): StepRun | undefined {
  const run = state.runs.get(event.step);
  return run?.run === event.run ? run : undefined;
}
