import { type Clock, type Json, type JsonObject, NoetlError } from "@noetl/core";
import type { ResultRef } from "@noetl/scope";
import type { Credential, Resources, Tool, ToolCall, ToolOutcome } from "@noetl/tools";
import type { PipelineHost, Progress } from "../api.ts";

/** A clock that passes only when someone sleeps; `waits` are the sleeps it was asked for, in ms. */
export function fakeClock(): Clock & { waits: number[]; hold: boolean } {
  let now = Date.UTC(2026, 0, 1);
  const clock = {
    waits: [] as number[],
    /** true: sleeps last until they are aborted */
    hold: false,
    now: () => now,
    sleep(ms: number, signal?: AbortSignal): Promise<void> {
      if (signal?.aborted) return Promise.reject(signal.reason);
      return new Promise((resolve, reject) => {
        signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
        if (clock.hold) return;
        clock.waits.push(ms);
        now += ms;
        resolve();
      });
    },
  };
  return clock;
}

export type Behaviour = (call: ToolCall) => Promise<ToolOutcome> | ToolOutcome;

export function fakeTool(kind: string, execute: Behaviour, more: Partial<Tool> = {}): Tool {
  return {
    kind,
    aliases: [],
    summary: kind,
    schema: { properties: { host: {}, port: {}, user: {}, password: {}, database: {}, command: {} } },
    required: [],
    keyAliases: {},
    positions: {},
    effects: () => "unknown",
    available: true,
    execute,
    ...more,
  };
}

export interface FakeHost extends PipelineHost {
  clock: ReturnType<typeof fakeClock>;
  told: Progress[];
  bodies: Map<string, Json>;
  /** what tools were called with, in order */
  calls: ToolCall[];
}

export function fakeHost(
  options: {
    tools?: { [kind: string]: Behaviour };
    more?: { [kind: string]: Partial<Tool> };
    credentials?: { [name: string]: { type: string; data: JsonObject } };
    env?: { [name: string]: string };
  } = {},
): FakeHost {
  const told: Progress[] = [];
  const calls: ToolCall[] = [];
  const bodies = new Map<string, Json>();
  const kept = new Map<string, unknown>();
  const tools = new Map<string, Tool>();
  const behaviours: { [kind: string]: Behaviour } = { noop: ok, ...options.tools };
  for (const [kind, behaviour] of Object.entries(behaviours)) {
    const execute: Behaviour = (call) => {
      calls.push(call);
      return behaviour(call);
    };
    tools.set(kind, fakeTool(kind, execute, options.more?.[kind]));
  }
  const resources: Resources = {
    get<T>(key: string, create: () => T): T {
      if (!kept.has(key)) kept.set(key, create());
      return kept.get(key) as T;
    },
    close: async () => kept.clear(),
  };
  return {
    tool: (kind) => tools.get(kind),
    clock: fakeClock(),
    random: { next: () => 0.5 },
    resources,
    async credential(name): Promise<Credential> {
      const found = options.credentials?.[name];
      if (!found) throw new NoetlError("not_found", "CREDENTIAL_NOT_FOUND", `there is no credential '${name}'`);
      return { name, ...found };
    },
    async putResult({ body, step, scope, store }): Promise<ResultRef> {
      const ref = `noetl://execution/1/result/${step}/${bodies.size}`;
      bodies.set(ref, body);
      const meta = { bytes: JSON.stringify(body).length, sha256: "", media_type: "application/json" };
      return { kind: "result_ref", ref, store: store ?? "db", scope, expires_at: null, meta, extracted: {} };
    },
    async getResult(ref) {
      const body = bodies.get(ref);
      if (body === undefined) throw new NoetlError("not_found", "RESULT_NOT_FOUND", `there is no result ${ref}`);
      return body;
    },
    environment: {
      workingDirectory: "/nowhere",
      dataDirectory: "/nowhere",
      childEnvironment: "clean",
      processEnv: options.env ?? {},
    },
    onProgress: (progress) => told.push(progress),
    told,
    bodies,
    calls,
  };
}

const ok: Behaviour = ({ config }) => ({ status: "ok", data: config.result ?? { status: "ok", message: "noop" } });
