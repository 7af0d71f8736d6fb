/** What happened, as hooks of a plugin are told. Times are ISO 8601, `duration_ms` is in milliseconds. */
export interface HookPayloads {
  /** a command begins */
  init: { command: string; version: string };
  /** a run on this machine began */
  "run.started": { execution_id: string; path: string; name: string; file: string | null };
  /** a run on this machine ended, however */
  "run.finished": {
    execution_id: string;
    path: string;
    name: string;
    status: "COMPLETED" | "FAILED" | "CANCELLED";
    started_at: string;
    finished_at: string;
    duration_ms: number;
    error?: { code: string; kind: string; message: string; step?: string };
  };
  /** a command ended with an error */
  "command.failed": { command: string; code: string; exit: number; message: string };
}

export type HookEvent = keyof HookPayloads;

export const HOOK_EVENTS = ["init", "run.started", "run.finished", "command.failed"] as const satisfies HookEvent[];

/** The default export of a hook's file. It runs in a process of its own and has five seconds. */
export type Hook<E extends HookEvent> = (payload: HookPayloads[E]) => void | Promise<void>;
