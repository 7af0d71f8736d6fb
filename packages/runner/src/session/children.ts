import { isDeepStrictEqual } from "node:util";
import { type ErrorInfo, ensureError, isNoetlError, NoetlError } from "@noetl/core";
import { childOutcome, type EventBody, initialize, type PlaybookInitialized, type Wait } from "@noetl/engine";
import { visibleEnvironment } from "../environment.ts";
import { type Loaded, loadFile, loadText } from "../load.ts";
import { resolveChild } from "../resolve.ts";
import { lineageOf, memoOfLineage, type PastRun } from "../resume/lineage.ts";
import type { Memo } from "../resume/memo.ts";
import type { Session, SessionOptions } from "./session.ts";
import type { Shared } from "./shared.ts";

type ChildWait = Extract<Wait, { kind: "child" }>;

/** The runs that `playbook` steps of one run have started. */
export interface ChildRuns {
  start(commandId: string, step: string, run: number, wait: ChildWait): void;
  /** Those that the parent waits for. */
  cancel(reason: string): void;
  /** Those of these ids: nobody waits for them any more. */
  forsake(executionIds: ReadonlySet<string>): void;
  /** All of them. */
  abandon(reason: string): void;
  /** Resolves when no child is running: a run that was started and forgotten still ends before the process does. */
  settled(): Promise<void>;
}

interface Parent {
  shared: Shared;
  loaded: Loaded;
  executionId: string;
  initialized: PlaybookInitialized;
  memo: Memo | undefined;
  report(...bodies: EventBody[]): void;
  open(options: SessionOptions): Session;
}

export function childRuns(parent: Parent): ChildRuns {
  const running = new Set<Promise<void>>();
  const sessions = new Set<{ session: Session; wait: boolean }>();

  async function begin(commandId: string, step: string, run: number, wait: ChildWait): Promise<void> {
    const at = { step, run, command_id: commandId };
    const path = wait.path ?? wait.catalog_id ?? "";
    let session: Session;
    let loaded: Loaded;
    try {
      loaded = await loadChild(parent, wait);
      session = await openChild(parent, commandId, step, wait, loaded);
    } catch (error) {
      const cause = errorInfo(ensureError(error));
      parent.report({
        type: "child.completed",
        ...at,
        child_execution_id: null,
        path,
        status: "FAILED",
        result: { data: null },
        error: cause,
      });
      return;
    }
    const entry = { session, wait: wait.wait };
    sessions.add(entry);
    parent.report({
      type: "child.started",
      ...at,
      child_execution_id: session.info.execution_id,
      path: session.info.path,
    });
    try {
      await session.drive();
    } finally {
      sessions.delete(entry);
    }
    if (!entry.wait) return;
    const { execution_id: child_execution_id, path: child_path } = session.info;
    const outcome = await childOutcome(session.run, wait, (ref) => parent.shared.host.store.results.get(ref));
    parent.report({ type: "child.completed", ...at, child_execution_id, path: child_path, ...outcome });
  }

  return {
    start(commandId, step, run, wait) {
      const child = begin(commandId, step, run, wait).catch((error: unknown) => {
        const at = { step, run, command_id: commandId };
        const path = wait.path ?? wait.catalog_id ?? "";
        parent.report({
          type: "child.completed",
          ...at,
          child_execution_id: null,
          path,
          status: "FAILED",
          result: { data: null },
          error: errorInfo(ensureError(error)),
        });
      });
      running.add(child);
      void child.then(() => running.delete(child));
    },
    cancel(reason) {
      for (const { session, wait } of sessions) if (wait) session.cancel(reason);
    },
    forsake(executionIds) {
      if (executionIds.size === 0) return;
      for (const entry of sessions) {
        if (!entry.wait || !executionIds.has(entry.session.info.execution_id)) continue;
        entry.wait = false;
        entry.session.cancel("its caller has stopped waiting");
      }
    },
    abandon(reason) {
      for (const { session } of sessions) session.cancel(reason);
    },
    async settled() {
      while (running.size > 0) await Promise.all(running);
    },
  };
}

async function loadChild(parent: Parent, wait: ChildWait): Promise<Loaded> {
  const { host } = parent.shared;
  const path = wait.path;
  if (path !== undefined) {
    const file = await resolveChild(path, parent.loaded.directory ?? wait.directory, host.workingDirectory);
    if (file !== undefined) return loadFile(file, host.registry);
  }
  const wanted = path ?? wait.catalog_id ?? "";
  const text = await host.remotePlaybook?.(wanted, wait.version);
  if (text !== undefined) return loadText(text, { file: null, shown: `catalog://${wanted}`, registry: host.registry });
  throw new NoetlError("not_found", "E_PLAYBOOK_NOT_FOUND", `there is no playbook '${wanted}'`, {
    hint: "a path is looked up beside the calling playbook, in the folders above it, then below the current folder",
  });
}

async function openChild(
  parent: Parent,
  commandId: string,
  step: string,
  wait: ChildWait,
  loaded: Loaded,
): Promise<Session> {
  const { host } = parent.shared;
  const executionId = host.ids.next();
  const inherits = parent.shared.inheritWorkload ?? wait.inherit_workload ?? false;
  const inherited = inherits ? pick(parent.initialized.workload, loaded.playbook.workload) : {};
  const payload = { ...inherited, ...wait.payload };
  const lineage = await childLineage(parent, step, commandId, loaded, payload);
  const earlier = lineage.at(-1);
  const initialized = initialize(loaded.plan, {
    payload,
    env: visibleEnvironment(loaded.text, host.env),
    now: host.clock.now(),
    execution_id: executionId,
    parent: { execution_id: parent.executionId, command_id: commandId, step },
    root_execution_id: parent.initialized.root_execution_id,
    depth: parent.initialized.depth + 1,
    definition: loaded.definition,
    ...(earlier === undefined ? {} : { resumed_from: earlier.executionId }),
  });
  const memo = memoOfLineage(lineage, { plan: loaded.plan });
  await createExecution(parent.shared, executionId, loaded, initialized);
  const resumed = earlier && memo ? { resumed: { ...earlier, memo } } : {};
  return parent.open({ shared: parent.shared, loaded, executionId, initialized, ...resumed });
}

/** A child that the resumed run had left unfinished goes on where it was, when it is called with the same payload. */
async function childLineage(
  parent: Parent,
  step: string,
  commandId: string,
  loaded: Loaded,
  payload: unknown,
): Promise<PastRun[]> {
  const earlier = parent.memo?.child(step, commandId);
  if (earlier === undefined) return [];
  return lineageOf(parent.shared.host, earlier, loaded, (first) => isDeepStrictEqual(first.payload, payload));
}

/** Writes the row of a new run; its first event follows with the first group. */
export async function createExecution(
  shared: Shared,
  executionId: string,
  loaded: Loaded,
  initialized: PlaybookInitialized,
): Promise<void> {
  await shared.host.store.executions.create(
    {
      execution_id: executionId,
      path: initialized.path,
      name: initialized.name,
      version: initialized.version,
      catalog_id: initialized.catalog_id,
      status: "RUNNING",
      started_at: shared.host.clock.now(),
      ended_at: null,
      parent_execution_id: initialized.parent?.execution_id ?? null,
      root_execution_id: initialized.root_execution_id,
      source: loaded.file,
      error: null,
      definition: loaded.definition,
      resumed_from: initialized.resumed_from ?? null,
      seq: 0,
    },
    loaded.text,
  );
}

/** Legacy local runner (DSL §23.3): parent workload keys that the child declares. */
function pick<T>(from: { [key: string]: T }, declared: { [key: string]: unknown }): { [key: string]: T } {
  return Object.fromEntries(Object.entries(from).filter(([key]) => Object.hasOwn(declared, key)));
}

const KINDS: { [meaning: string]: ErrorInfo["kind"] } = {
  not_found: "not_found",
  validation: "configuration",
  unavailable: "connection",
  auth: "auth",
  timeout: "timeout",
};

function errorInfo(error: Error): ErrorInfo {
  if (!isNoetlError(error)) return { kind: "unknown", retryable: false, message: error.message };
  return {
    kind: error.code === "E_LIMIT_DEPTH" ? "limit" : (KINDS[error.meaning] ?? "configuration"),
    retryable: error.meaning === "unavailable",
    message: error.message,
    code: error.code,
  };
}
