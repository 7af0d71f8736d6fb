import type { JsonObject } from "@noetl/core";

export interface Schedule {
  schedule_id: string;
  playbook_path: string;
  playbook_version: string | null;
  cron: string | null;
  interval_seconds: number | null;
  enabled: boolean;
  timezone: string;
  next_run_at: number | null;
  last_run_at: number | null;
  last_status: string | null;
  input_payload: JsonObject;
  meta: JsonObject;
}

export interface Schedules {
  /** Without `schedule_id` a new one. `conflict`-free: the last writer wins. */
  put(input: Partial<Omit<Schedule, "playbook_path">> & Pick<Schedule, "playbook_path">): Promise<Schedule>;
  get(scheduleId: string): Promise<Schedule | undefined>;
  list(): Promise<Schedule[]>;
  delete(scheduleId: string): Promise<boolean>;
  /** Enabled and due at `now`, oldest first. */
  due(now: number, limit: number): Promise<Schedule[]>;
  /** Moves on when `expected` is still its next run: of several schedulers one gets true, and starts the run. */
  advance(scheduleId: string, expected: number, next: number | null, status: string): Promise<boolean>;
}
