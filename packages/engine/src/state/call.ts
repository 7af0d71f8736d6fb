import type { Json } from "@noetl/core";
import type { Envelope } from "@noetl/scope";
import type { CommandContext, ResumeOutcome } from "../command.ts";
import type { CommandIssued, CtxEntry, Wait } from "../events.ts";
import type { StepRun } from "./step-run.ts";

/** The outcome of a call before, or without, its terminal `command.*`. */
export interface Outcome {
  envelope: Envelope;
  updates: CtxEntry[];
  parts?: (Envelope | null)[];
  frame?: { claimed: number; success: number; failed: number; results?: Json[] };
}

/**
 * One call: a command and its continuations after parks. *issued* → *reported* (`outcome` is set) → gone;
 * or *issued* → *parked* (`wait`) → *resuming* (`resume`) → *issued* again with `leg + 1`.
 */
export interface CallState {
  readonly run: StepRun;
  /** of the current leg; the key in `RunState.calls` */
  id: string;
  issued: CommandIssued;
  readonly context: CommandContext;
  readonly items: Json[] | undefined;
  readonly issuedAt: number;
  phase: "issued" | "parked" | "resuming";
  outcome: Outcome | undefined;
  /** set while it is parked */
  parked: { wait: Wait; state: Json; since: number; child: string | undefined; timer: string | undefined } | undefined;
  resume: { state: Json; outcome: ResumeOutcome } | undefined;
  /** to be given up by a `command.cancelled` of the engine */
  abandoned: boolean;
}
