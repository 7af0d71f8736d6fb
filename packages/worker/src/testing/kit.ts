import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { type JsonObject, openGate, systemClock } from "@noetl/core";
import type { Command } from "@noetl/engine";
import {
  createRegistry,
  createResources,
  type Registry,
  type Tool,
  type ToolCall,
  type ToolOutcome,
} from "@noetl/tools";
import { commandHost } from "../host/command-host.ts";
import { type Log, silent } from "../log.ts";
import { unobserved } from "../observe.ts";
import { openOutbox } from "../outbox.ts";
import { pollSource } from "../source/poll.ts";
import type { Source } from "../source/source.ts";
import { openWorker, type Worker } from "../worker.ts";
import type { TestPlane } from "./plane.ts";

const loc = { line: 1, column: 1 };

/** A command of one task. */
export function command(id: string, kind: string, config: JsonObject = {}): Command {
  const task = { name: id, anonymous: false, kind, input: {}, config, rules: [], set: [], loc };
  return {
    execution_id: "1",
    command_id: id,
    issued: { type: "command.issued", step: id, run: 1, command_id: id, kind, attempt: 1, mode: "pipeline" },
    step: {
      step: id,
      spec: { extra: {} },
      input: {},
      tasks: [{ ...task, onUnmatched: "default" }],
      single: true,
      set: [],
      loc,
    },
    keychain: [],
    context: { workload: {}, ctx: {}, steps: {}, engine: {} },
    arc_input: {},
    defaults: {},
    results: {},
    local_profile: false,
  };
}

export type Behaviour = (call: ToolCall) => Promise<ToolOutcome> | ToolOutcome;

/** The real registry with some kinds replaced by what the test wants them to do. */
export function registryWith(behaviours: { [kind: string]: Behaviour }): Registry {
  const real = createRegistry();
  const replaced = new Map<string, Tool>();
  for (const [kind, execute] of Object.entries(behaviours)) {
    const tool = real.get("noop");
    if (tool) replaced.set(kind, { ...tool, kind, pure: false, execute });
  }
  return { ...real, get: (kind) => replaced.get(kind) ?? real.get(kind) };
}

export interface TestWorker {
  worker: Worker;
  running: Promise<void>;
  logged: string[];
  folder: string;
}

export interface TestWorkerOptions {
  plane: TestPlane;
  behaviours?: { [kind: string]: Behaviour };
  id?: string;
  capacity?: number;
  databases?: number;
  heartbeatMs?: number;
  patienceMs?: number;
  commandTimeoutMs?: number;
  registerPatienceMs?: number;
  folder?: string;
  env?: { [name: string]: string };
  source?: (plane: TestPlane) => Source;
}

/** A worker on a test plane; it has ended when the test has. */
export async function startWorker(test: TestContext, options: TestWorkerOptions): Promise<TestWorker> {
  const { plane, id = "w1", capacity = 4, heartbeatMs = 40 } = options;
  const folder = options.folder ?? (await temporaryFolder(test));
  const logged: string[] = [];
  const write = (message: string, fields: { [name: string]: unknown } = {}) =>
    void logged.push(`${message} ${fields.error ?? ""}`);
  const log: Log = { ...silent, warn: write, error: write };
  const random = { next: () => 0.5 };
  const resources = createResources();
  const common = { clock: systemClock, random, log };
  const outbox = await openOutbox({
    server: plane,
    folder: join(folder, "spool"),
    patienceMs: options.patienceMs ?? 60_000,
    ...common,
  });
  const source = options.source?.(plane) ?? pollSource(plane, { worker: id, pools: ["shared"], waitMs: 200 });
  const worker = openWorker({
    identity: { id, pool: "default", capacity, hostname: "h", pid: 1, labels: {} },
    heartbeatMs,
    registerPatienceMs: options.registerPatienceMs ?? 5_000,
    ports: {
      server: plane,
      source,
      outbox,
      host: commandHost({
        registry: registryWith(options.behaviours ?? {}),
        resources,
        env: options.env ?? {},
        worker: id,
        workingDirectory: folder,
        dataDirectory: folder,
        observer: unobserved,
        onProgress() {},
        ...common,
      }),
      databases: openGate(options.databases ?? 2),
      worker: id,
      heartbeatMs,
      commandTimeoutMs: options.commandTimeoutMs,
      observer: unobserved,
      ...common,
    },
  });
  const running = worker.run();
  // The test looks at it; a rejection before that is no crash.
  running.catch(() => undefined);
  test.after(async () => {
    worker.drain(0);
    await running.catch(() => undefined);
    await resources.close();
  });
  return { worker, running, logged, folder };
}

export async function temporaryFolder(test: Pick<TestContext, "after">): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "noetl-worker-"));
  test.after(() => rm(folder, { recursive: true, force: true, maxRetries: 3 }));
  return folder;
}

export async function until(what: string, holds: () => boolean | Promise<boolean>, ms = 10_000): Promise<void> {
  for (const end = Date.now() + ms; !(await holds()); ) {
    if (Date.now() > end) throw new Error(`it did not come to this: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** A tool that waits until it is told to end, or to stop. */
export function gatedTool() {
  const open: ((outcome: ToolOutcome) => void)[] = [];
  const state = {
    calls: 0,
    aborted: 0,
    finish(data: JsonObject = { ok: true }) {
      for (const end of open.splice(0)) end({ status: "ok", data });
    },
    behaviour: (call: ToolCall): Promise<ToolOutcome> => {
      state.calls += 1;
      return new Promise((resolve) => {
        open.push(resolve);
        call.signal.addEventListener("abort", () => {
          state.aborted += 1;
          resolve({ status: "error", error: { kind: "cancelled", retryable: false, message: "told to stop" } });
        });
      });
    },
  };
  return state;
}
