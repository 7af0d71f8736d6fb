import { availableParallelism } from "node:os";
import { NoetlError } from "@noetl/core";
import type { ProcessEnv } from "../process/environment.ts";
import {
  type CallOptions,
  type CallResult,
  type Interpreter,
  type InterpreterOptions,
  NoInterpreter,
  startInterpreter,
} from "./interpreter.ts";

export interface Seat extends Omit<InterpreterOptions, "command"> {
  /** what was asked for: seats of one name use the same interpreter */
  name: string;
  /** commands to try, best first; the first that starts is used from then on */
  commands(): readonly string[];
}

export interface Pool {
  /** Waits for an interpreter, runs one call in it. Rejects with meaning `unavailable` when there is no Python. */
  run(seat: Seat, call: CallOptions): Promise<Exclude<CallResult, { type: "unfit" }> & { executable: string }>;
  close(): Promise<void>;
}

export interface PoolOptions {
  /** interpreters at one time; default 2 × cores (decision 37) */
  max?: number;
  /** ms after which an idle one is ended */
  idle?: number;
  /** a new interpreter for every call */
  fresh?: boolean;
}

/** Interpreters that answered but cannot end, because threads or children go on; more than this are killed. */
const MOST_RETIRED = 16;

/** Warm interpreters (decision 15): one call at a time each, kept by kind of seat, the least recently used ended first. */
export function createPool({ max = 2 * availableParallelism(), idle = 60_000, fresh = false }: PoolOptions = {}): Pool {
  const free = new Map<string, Interpreter[]>();
  const timers = new WeakMap<Interpreter, NodeJS.Timeout>();
  const everyone = new Set<Interpreter>();
  const retired = new Set<Interpreter>();
  const queue: (() => void)[] = [];
  const resolved = new Map<string, Promise<string>>();
  const earlyTexts = new WeakMap<ProcessEnv, string>();
  let working = 0;
  let closed = false;

  return {
    async run(seat, call) {
      await enter(call.signal);
      try {
        for (;;) {
          const interpreter = await sit(seat);
          const result = await interpreter.run(call);
          leave(seat, interpreter);
          if (result.type !== "unfit") return { ...result, executable: interpreter.executable };
        }
      } finally {
        working -= 1;
        queue.shift()?.();
      }
    },
    async close() {
      closed = true;
      for (const interpreter of [...everyone, ...retired]) {
        interpreter.kill();
        await interpreter.ended;
      }
    },
  };

  function keyOf({ name, isolated, env, directory }: Seat): string {
    const early = earlyTexts.get(env) ?? JSON.stringify(earlyOf(env));
    earlyTexts.set(env, early);
    return JSON.stringify([name, isolated, directory, early]);
  }

  async function enter(signal: AbortSignal): Promise<void> {
    if (working >= max) {
      await new Promise<void>((resolve, reject) => {
        const go = () => {
          signal.removeEventListener("abort", abort);
          resolve();
        };
        const abort = () => {
          queue.splice(queue.indexOf(go), 1);
          reject(new NoetlError("cancelled", "CANCELLED", "the call was cancelled while it waited for an interpreter"));
        };
        if (signal.aborted) return abort();
        signal.addEventListener("abort", abort, { once: true });
        queue.push(go);
      });
    }
    working += 1;
  }

  async function sit(seat: Seat): Promise<Interpreter> {
    const key = keyOf(seat);
    const waiting = free.get(key);
    for (let interpreter = waiting?.pop(); interpreter; interpreter = waiting?.pop()) {
      if (interpreter.usable()) return interpreter;
    }
    if (everyone.size >= max) endOldest();
    const interpreter = await start(seat);
    everyone.add(interpreter);
    void interpreter.ended.then(() => {
      everyone.delete(interpreter);
      retired.delete(interpreter);
    });
    if (closed) interpreter.kill();
    return interpreter;
  }

  function leave(seat: Seat, interpreter: Interpreter): void {
    if (interpreter.usable() && !fresh && !closed) {
      const key = keyOf(seat);
      const waiting = free.get(key) ?? [];
      waiting.push(interpreter);
      free.set(key, waiting);
      endWhenIdle(interpreter, waiting);
      return;
    }
    everyone.delete(interpreter);
    retired.add(interpreter);
    interpreter.release();
    const [oldest] = retired;
    if (retired.size > MOST_RETIRED) oldest?.kill();
  }

  /** One timer an interpreter, wound up again after each call; one that goes off while it works, or after it has gone, does nothing. */
  function endWhenIdle(interpreter: Interpreter, waiting: Interpreter[]): void {
    const known = timers.get(interpreter);
    if (known) {
      known.refresh();
      return;
    }
    const timer = setTimeout(() => {
      const at = waiting.indexOf(interpreter);
      if (at < 0) return;
      waiting.splice(at, 1);
      interpreter.release();
    }, idle);
    timer.unref();
    timers.set(interpreter, timer);
  }

  function endOldest(): void {
    for (const waiting of free.values()) {
      const interpreter = waiting.shift();
      if (!interpreter) continue;
      clearTimeout(timers.get(interpreter));
      everyone.delete(interpreter);
      retired.add(interpreter);
      interpreter.release();
      return;
    }
  }

  /**
   * Version managers put slow scripts before Python: the first start goes through it and tells the real executable, which all later
   * starts use. Whoever comes meanwhile waits for that answer.
   */
  async function start(seat: Seat): Promise<Interpreter> {
    const { name } = seat;
    const known = resolved.get(name);
    if (known) return again(seat, await known);
    let settle: { resolve(command: string): void; reject(error: unknown): void } | undefined;
    const answer = new Promise<string>((resolve, reject) => {
      settle = { resolve, reject };
    });
    answer.catch(() => resolved.delete(name));
    resolved.set(name, answer);
    try {
      const interpreter = await firstThatStarts(seat);
      settle?.resolve(interpreter.executable);
      return interpreter;
    } catch (error) {
      settle?.reject(error);
      throw error;
    }
  }
}

async function again(seat: Seat, command: string): Promise<Interpreter> {
  try {
    return await startInterpreter({ ...seat, command });
  } catch (error) {
    if (!(error instanceof NoInterpreter)) throw error;
    throw new NoetlError("unavailable", "PYTHON_START", `${command} did not start: ${error.message}`);
  }
}

async function firstThatStarts(seat: Seat): Promise<Interpreter> {
  const complaints: string[] = [];
  for (const command of seat.commands()) {
    try {
      return await startInterpreter({ ...seat, command });
    } catch (error) {
      if (!(error instanceof NoInterpreter)) throw error;
      complaints.push(`${command}: ${error.message}`);
    }
  }
  throw new NoetlError(
    "unavailable",
    "PYTHON_NOT_FOUND",
    `no working python3 (${complaints.join("; ") || "none on PATH"})`,
    {
      hint: "install Python 3.8 or later, set NOETL_PYTHON, or give the tool `python: /path/to/python3`",
    },
  );
}

/** Variables that Python or the loader reads when a process starts; all others are set for each call. */
export function earlyOf(env: ProcessEnv): ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => /^(PYTHON|LD_|DYLD_)/.test(name)));
}
