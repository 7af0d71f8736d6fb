/** What happens in a worker, for metrics. Labels never hold ids. Times in ms. */
export interface Observer {
  pulled(outcome: "message" | "empty" | "error", ms: number): void;
  claimed(outcome: "claimed" | "taken" | "gone" | "unknown" | "failed", ms: number): void;
  ran(kind: string, ms: number, outcome: "done" | "error" | "parked"): void;
  reported(event: string, ms: number, outcome: "accepted" | "fenced" | "refused" | "spooled"): void;
  retried(): void;
  stored(bytes: number, ms: number, ok: boolean): void;
  settled(totalMs: number): void;
}

export const unobserved: Observer = {
  pulled() {},
  claimed() {},
  ran() {},
  reported() {},
  retried() {},
  stored() {},
  settled() {},
};
