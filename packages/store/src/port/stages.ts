import type { Json, JsonObject } from "@noetl/core";

/** A loop whose frames workers of an older make claim by themselves (server-api §2.18). Times in ms since 1970. */
export interface Stage {
  stage_id: string;
  execution_id: string;
  kind: "loop" | "fanout" | "reduce";
  step_name: string;
  status: "OPEN" | "CLOSED";
  frame_policy: JsonObject;
  started_at: number;
  ended_at: number | null;
}

/** PENDING → CLAIMED → RUNNING → COMPLETED | FAILED | ABANDONED; a claimed one whose lease lapsed may be claimed again. */
export type FrameStatus = "PENDING" | "CLAIMED" | "RUNNING" | "COMPLETED" | "FAILED" | "ABANDONED";

export interface Frame {
  frame_id: string;
  stage_id: string;
  execution_id: string;
  status: FrameStatus;
  cursor: JsonObject;
  lease_until: number | null;
  owner_worker: string | null;
  parent_frame_id: string | null;
  command_id: string | null;
  row_count: number;
  output_ref: Json;
  events_emitted: number;
  attempts: number;
  error: string | null;
}

export interface Stages {
  /** Idempotent by id. */
  open(stage: Omit<Stage, "status" | "started_at" | "ended_at">): Promise<Stage>;
  get(stageId: string): Promise<Stage | undefined>;
  close(stageId: string): Promise<boolean>;
  /**
   * Frames for one worker: first those that wait or whose owner is lost, then new ones behind `cursor`. Meaning `not_found`;
   * `conflict` with code `stage_not_open` or `frame_claim_conflict` (another worker has that place of the cursor).
   */
  claim(input: {
    stage_id: string;
    worker_id: string;
    command_id?: string;
    count: number;
    lease_ms: number;
    cursor?: JsonObject;
  }): Promise<Frame[]>;
  /** Meaning `not_found`; `conflict` with code `frame_already_terminal`, `frame_owner_mismatch` or `frame_not_active`. */
  heartbeat(input: { frame_id: string; worker_id: string; lease_ms: number; status: FrameStatus }): Promise<Frame>;
  /** As `heartbeat`. The same commit of the same worker twice is no error. */
  commit(input: {
    frame_id: string;
    worker_id: string;
    status: FrameStatus;
    cursor?: JsonObject;
    row_count: number;
    output_ref: Json;
    events_emitted: number;
    error?: string;
  }): Promise<Frame>;
  /** Open stages and their open frames, for metrics. */
  backlog(): Promise<{ status: FrameStatus; frames: number }[]>;
}
