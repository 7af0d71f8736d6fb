import type { TimelineEvent } from "../../source/port.ts";

export interface StepTimes {
  enteredAt: number | null;
  exitedAt: number | null;
  error: string | null;
}

/** Of the latest run of each step. */
export function stepTimes(events: readonly TimelineEvent[]): ReadonlyMap<string, StepTimes> {
  const times = new Map<string, StepTimes>();
  for (const { type, step, ts, error } of events) {
    if (step === null || !/^(step|call|action)[._]/.test(type)) continue;
    if (/^step[._](enter|started|skipped)$/.test(type)) {
      times.set(step, { enteredAt: ts, exitedAt: type.endsWith("skipped") ? ts : null, error: null });
    }
    const known = times.get(step);
    if (!known) continue;
    if (error !== null) known.error = error;
    if (/^step[._](exit|completed|failed)$/.test(type)) known.exitedAt = ts;
  }
  return times;
}
