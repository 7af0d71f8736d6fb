import { NoetlError } from "@noetl/core";
import type { Command, EventBody } from "@noetl/engine";
import type { Claimed, ControlPlane, Hint } from "../plane/control-plane.ts";

export interface Row {
  hint: Hint;
  command: Command;
  state: "open" | "held" | "ended";
  worker?: string;
  fence: number;
  events: EventBody[];
  /** how often its command was given to a worker */
  claims: number;
  extensions: number;
  cancelling: boolean;
}

type Method = "register" | "heartbeat" | "poll" | "claim" | "extend" | "release" | "report" | "putResult";
/** `before`: the request is lost; `after`: the answer is, and what was asked has happened. */
export type Fault = { at: "before" | "after"; error: NoetlError } | undefined;

export const away = () => new NoetlError("unavailable", "SERVER_UNREACHABLE", "nobody listens there");

/** A control plane in memory, with a wire that can be made to fail. */
export interface TestPlane extends ControlPlane {
  rows: Map<string, Row>;
  calls: Method[];
  registered: Set<string>;
  /** keys of reports that were taken, in order */
  keys: string[];
  /** asked before each call */
  fault(method: Method, count: number): Fault;
  issue(command: Command): Row;
  row(commandId: string): Row;
  /** as if the lease had lapsed and another worker had it now */
  takeAway(commandId: string): void;
}

export function testPlane(): TestPlane {
  const rows = new Map<string, Row>();
  const waiting = new Set<() => void>();
  const offered = new Set<string>();
  const counts = new Map<Method, number>();
  const credentials = new Map([["db", { name: "db", type: "postgres", data: { db_host: "h" } }]]);

  async function through<T>(method: Method, act: () => T | Promise<T>): Promise<T> {
    plane.calls.push(method);
    const count = (counts.get(method) ?? 0) + 1;
    counts.set(method, count);
    const fault = plane.fault(method, count);
    if (fault?.at === "before") throw fault.error;
    const answer = await act();
    if (fault) throw fault.error;
    return answer;
  }

  const find = (hint: Hint) => {
    const row = rows.get(hint.event_id);
    if (!row) throw new NoetlError("not_found", "COMMAND_NOT_FOUND", "no such command");
    return row;
  };
  const holds = (row: Row, worker: string, fence: number) =>
    row.state === "held" && row.worker === worker && row.fence === fence;
  const wake = () => {
    for (const each of waiting) each();
  };

  const plane: TestPlane = {
    rows,
    calls: [],
    registered: new Set(),
    keys: [],
    fault: () => undefined,
    issue(command) {
      const id = String(rows.size + 1);
      const hint = { execution_id: command.execution_id, event_id: id, command_id: id, step: command.issued.step };
      const row: Row = {
        hint,
        command,
        state: "open",
        fence: 0,
        events: [],
        claims: 0,
        extensions: 0,
        cancelling: false,
      };
      rows.set(id, row);
      wake();
      return row;
    },
    row(commandId) {
      const row = [...rows.values()].find(({ command }) => command.command_id === commandId);
      if (!row) throw new Error(`no row ${commandId}`);
      return row;
    },
    takeAway(commandId) {
      const row = plane.row(commandId);
      row.worker = "another";
      row.fence += 1;
    },
    at: () => plane,
    register: ({ id }) => through("register", () => void plane.registered.add(id)),
    heartbeat: ({ id }) => through("heartbeat", () => ({ known: plane.registered.has(id) })),
    deregister: async ({ id }) => void plane.registered.delete(id),
    poll: ({ max, wait_ms }, signal) =>
      through("poll", async () => {
        const open = () => [...rows.values()].filter((row) => row.state === "open" && !offered.has(row.hint.event_id));
        if (open().length === 0 && !signal.aborted) {
          await new Promise<void>((resolve) => {
            const end = () => {
              clearTimeout(timer);
              waiting.delete(end);
              signal.removeEventListener("abort", end);
              resolve();
            };
            const timer = setTimeout(end, wait_ms);
            waiting.add(end);
            signal.addEventListener("abort", end);
          });
        }
        const found = open().slice(0, max);
        for (const row of found) offered.add(row.hint.event_id);
        // A hint that nobody took up comes again.
        setTimeout(() => {
          for (const row of found) offered.delete(row.hint.event_id);
          wake();
        }, 60).unref();
        return found.map((row) => row.hint);
      }),
    claim: (hint, worker) =>
      through("claim", (): Claimed => {
        const row = find(hint);
        if (row.state === "ended") return { outcome: "gone", reason: "ended" };
        if (row.state === "held" && row.worker !== worker) return { outcome: "taken", retry_ms: 50 };
        if (row.state === "open") {
          row.state = "held";
          row.worker = worker;
          row.fence += 1;
        }
        row.claims += 1;
        return { outcome: "claimed", command: row.command, fence: row.fence };
      }),
    extend: (hint, worker, fence) =>
      through("extend", () => {
        const row = find(hint);
        row.extensions += 1;
        const held = holds(row, worker, fence);
        return { held, stop: !held || row.cancelling };
      }),
    release: (hint, worker, fence) =>
      through("release", () => {
        const row = find(hint);
        if (holds(row, worker, fence)) row.state = "open";
      }),
    report: ({ hint, worker, fence, key, events }) =>
      through("report", () => {
        const row = find(hint);
        if (row.state === "ended" && plane.keys.includes(key)) return [];
        if (!holds(row, worker, fence)) throw new NoetlError("conflict", "FENCED", "the claim was lost");
        row.events.push(...events);
        row.state = "ended";
        plane.keys.push(key);
        return [];
      }),
    async credential(name) {
      const found = credentials.get(name);
      if (!found) throw new NoetlError("not_found", "CREDENTIAL_NOT_FOUND", `no credential ${name}`);
      return found;
    },
    putResult: ({ execution_id, step }) =>
      through("putResult", () => ({
        kind: "result_ref" as const,
        ref: `noetl://execution/${execution_id}/result/${step}/1`,
        store: "db",
        scope: "execution",
        expires_at: null,
        meta: { bytes: 200_000, sha256: "", media_type: "application/json" },
        extracted: {},
      })),
    getResult: async () => null,
    keychainGet: async () => undefined,
    keychainPut: async () => {},
  };
  return plane;
}
