import { drawn } from "../app/drawn.ts";
import type { Picture, TimelineEvent } from "../source/port.ts";
import type { Effect, Message } from "../state/message.ts";
import { initialState, type State } from "../state/state.ts";
import { update } from "../state/update.ts";

export const NOW = Date.UTC(2026, 3, 1, 9, 0, 0);

export const SOURCE = { kind: "server", label: "http://server", canResume: false } as const;

export function startState(
  size = { columns: 80, rows: 24 },
  open: { execution?: string; playbook?: string } = {},
): State {
  return initialState(SOURCE, size, NOW, open);
}

/** The state after all of these, and what is to be done because of the last one. */
export function after(state: State, ...messages: (Message | string)[]): { state: State; effects: readonly Effect[] } {
  let result: { state: State; effects: readonly Effect[] } = { state, effects: [] };
  for (const message of messages) {
    result = update(result.state, typeof message === "string" ? { type: "key", key: message } : message);
  }
  return result;
}

export function event(seq: number, type: string, more: Partial<TimelineEvent> = {}): TimelineEvent {
  return {
    id: String(seq),
    seq,
    ts: NOW + seq * 1_000,
    type,
    step: null,
    run: null,
    command: null,
    iteration: null,
    attempt: null,
    status: null,
    error: null,
    body: {},
    ...more,
  };
}

export function picture(more: Partial<Picture> = {}): Picture {
  return { status: "RUNNING", startedAt: NOW, endedAt: null, steps: [], variables: {}, error: null, ...more };
}

export const FLOW = `apiVersion: noetl.io/v2
kind: Playbook
metadata: { name: flow, path: t/flow }
workflow:
  - step: start
    tool: { kind: noop }
    next: { spec: { mode: inclusive }, arcs: [{ step: left }, { step: right }] }
  - step: left
    loop: { in: [1, 2, 3], iterator: n, spec: { mode: parallel } }
    tool: { kind: noop }
    next: { arcs: [{ step: end }] }
  - step: right
    tool: { kind: noop }
    next: { arcs: [{ step: end }] }
  - step: end
    tool: { kind: noop }
`;

/** The state that shows an execution of the flow, which runs. */
export function executionState(size = { columns: 80, rows: 24 }): State {
  const detail = {
    id: "123456789",
    path: "t/flow",
    version: "1",
    status: "RUNNING",
    startedAt: NOW,
    endedAt: null,
    error: null,
    parent: null,
    playbook: FLOW,
    workload: { api_token: "s3cret", n: 1 },
  };
  const steps = [
    { step: "start", status: "COMPLETED", runs: 1, attempts: 1 },
    { step: "left", status: "RUNNING", runs: 1, attempts: 4, loop: { total: 3, done: 2, failed: 0, running: 1 } },
    { step: "right", status: "FAILED", runs: 1, attempts: 1 },
    { step: "end", status: "PENDING", runs: 0, attempts: 0 },
  ];
  return after(
    startState(size, { execution: detail.id }),
    { type: "execution", detail, ...drawn(FLOW, { ascii: false, notes: true }) },
    {
      type: "events",
      id: detail.id,
      events: [
        event(1, "playbook.initialized"),
        event(2, "step.enter", { step: "start" }),
        event(3, "step.exit", { step: "start", status: "COMPLETED" }),
        event(4, "step.enter", { step: "left" }),
        event(5, "step.enter", { step: "right" }),
        event(6, "step.exit", { step: "right", status: "FAILED", error: "no s3cret door" }),
      ],
    },
    { type: "picture", id: detail.id, picture: picture({ steps }) },
  ).state;
}
