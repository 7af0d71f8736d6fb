import { readFile } from "node:fs/promises";
import { relative, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isNoetlError, type JsonObject, NoetlError } from "@noetl/core";
import type { PlaybookInitialized } from "@noetl/engine";
import { driverOf, type Host, isDriven, type ListedRun, listRuns, readRun, renderAt } from "@noetl/runner";
import type { Source, StepInputs, WorkerRow } from "../port.ts";
import { rendered } from "../rendered.ts";
import { stepTemplates } from "../step-templates.ts";
import { pictureOf, rowOf, timelineOf } from "./events.ts";
import { playbooksBelow } from "./files.ts";
import { openPast, type Past } from "./past.ts";
import { type Program, type Started, startProgram } from "./program.ts";

const POLL_MS = 200;
const ROWS = 200;
const PATIENCE_MS = 20_000;
const OPEN: ReadonlySet<string> = new Set(["RUNNING", "PENDING", "CANCELLING"]);

export interface LocalOptions {
  host: Host;
  /** this program, for runs that are started from here */
  program: Program;
}

/** The runs of this machine, read from their logs; those that are started from here are processes of their own. */
export function localSource({ host, program }: LocalOptions): Source {
  const cwd = host.workingDirectory;
  const pasts = new Map<string, Promise<Past>>();

  async function summaryOf(id: string): Promise<ListedRun> {
    return (await readRun(host, id)).summary;
  }

  function pastOf(id: string): Promise<Past> {
    const known = pasts.get(id);
    if (known) return known;
    const opening = summaryOf(id).then((run) => openPast(host, run));
    opening.catch(() => pasts.delete(id));
    pasts.set(id, opening);
    return opening;
  }

  async function firstOf(id: string): Promise<PlaybookInitialized> {
    const [first] = await host.store.log.load(id, { types: ["playbook.initialized"], limit: 1 });
    if (first?.type === "playbook.initialized") return first;
    throw new NoetlError("not_found", "E_RUN_UNKNOWN", `run ${id} has no beginning in its log`);
  }

  /** Resolves with the id of the run that begins. */
  async function begun(args: readonly string[]): Promise<string> {
    const before = await host.store.executions.list({ limit: 1, parent: null });
    const started: Started = startProgram(program, ["run", ...args, "--runtime", "local", "--no-input"], {
      env: host.env,
      cwd,
    });
    const newest = async () => {
      for (const end = Date.now() + PATIENCE_MS; Date.now() < end; await sleep(POLL_MS)) {
        const [run] = await host.store.executions.list({ limit: 1, parent: null });
        if (!run || run.execution_id === before[0]?.execution_id) continue;
        // Its row is written before its first event.
        const [first] = await host.store.log.load(run.execution_id, { limit: 1 });
        if (first) return run.execution_id;
      }
      throw new NoetlError("timeout", "E_RUN_START", "the run does not begin");
    };
    return Promise.race([newest(), started.failed]);
  }

  async function fileOf(id: string): Promise<string> {
    const { source } = await summaryOf(id);
    if (source !== null) return source;
    throw new NoetlError("validation", "E_RUN_SOURCE", "it was not started from a file, so it cannot be started again");
  }

  return {
    kind: "local",
    label: host.dataDirectory,
    find: async (ref) => (await summaryOf(ref)).execution_id,
    executions: async () => (await listRuns(host, { limit: ROWS, all: true })).map(rowOf),
    async execution(id) {
      const [summary, past] = [await summaryOf(id), await pastOf(id)];
      const { workload } = await firstOf(id);
      return { ...rowOf(summary), playbook: past.text, workload };
    },
    async *follow(id, since, signal) {
      const run = await summaryOf(id);
      const past = await pastOf(id);
      let sent = since === undefined ? 0 : past.events.findIndex(({ event_id }) => event_id === since) + 1;
      while (!signal.aborted) {
        // Asked before the events: what the process wrote as its last word is read after it.
        const driven = await isDriven(host, run.root_execution_id);
        await past.more();
        if (past.events.length > sent) yield past.events.slice(sent).map(timelineOf);
        sent = past.events.length;
        if (!OPEN.has(past.at().status) || !driven) return;
        await sleep(POLL_MS, undefined, { signal }).catch((error: Error) => {
          if (error.name !== "AbortError") throw error;
        });
      }
    },
    async picture(id, at) {
      const past = await pastOf(id);
      if (past.events.length === 0) await past.more();
      const picture = pictureOf(past.at(at).view());
      if (at !== undefined || !OPEN.has(picture.status)) return picture;
      return { ...picture, status: (await summaryOf(id)).status };
    },
    async inputs(id, step, item): Promise<StepInputs> {
      const past = await pastOf(id);
      const found = stepTemplates(past.plan.playbook, step);
      if (!found) return { rendered: false, value: null, why: "the playbook has no such step" };
      // What the step could see when it began.
      const entered = past.events.findLast((event) => event.type === "step.enter" && event.step === step);
      if (!entered) return { rendered: false, value: found.templates, why: "the step has not begun" };
      const view = past.at(entered.seq).view();
      return rendered(found, item, (template, extra) => renderAt(host, { view, events: past.events }, template, extra));
    },
    playbooks: () => playbooksBelow(cwd),
    playbook: async (path) => ({ path, version: null, text: await textOf(path, cwd) }),
    async workforce() {
      const runs = await listRuns(host, { limit: ROWS, status: ["RUNNING", "PENDING", "CANCELLING"] });
      const workers = runs.map(async (run): Promise<WorkerRow[]> => {
        const pid = await driverOf(host, run.root_execution_id);
        if (pid === undefined) return [];
        const { path: name, status, started_at: heartbeatAt } = run;
        return [{ name, status: status.toLowerCase(), pool: null, capacity: null, heartbeatAt, host: null, pid }];
      });
      return { workers: (await Promise.all(workers)).flat() };
    },
    start: (path, _version, workload) => begun([path, ...payload(workload)]),
    async rerun(id) {
      const { payload: given, target } = await firstOf(id);
      return begun([relative(cwd, await fileOf(id)), ...(target === undefined ? [] : [target]), ...payload(given)]);
    },
    resume: async (id) => begun([relative(cwd, await fileOf(id)), "--resume", id]),
    async cancel(id) {
      const run = await summaryOf(id);
      const pid = await driverOf(host, run.root_execution_id);
      if (pid === undefined)
        return OPEN.has(run.status) || run.status === "INTERRUPTED" ? "no process drives it" : "it is over already";
      process.kill(pid, "SIGINT");
      return `asked process ${pid} to stop`;
    },
    close: () => host.store.close(),
  };
}

function payload(given: JsonObject): string[] {
  return Object.keys(given).length === 0 ? [] : ["--payload", JSON.stringify(given)];
}

async function textOf(path: string, cwd: string): Promise<string> {
  try {
    return await readFile(resolve(cwd, path), "utf8");
  } catch (error) {
    if (isNoetlError(error)) throw error;
    throw new NoetlError("not_found", "E_FILE_READ", `cannot read ${path}: ${(error as Error).message}`, {
      cause: error,
    });
  }
}
