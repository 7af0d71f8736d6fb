import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import type { Socket } from "node:net";
import type { Readable, Writable } from "node:stream";
import type { Json } from "@noetl/core";
import { type Capture, capture } from "../process/capture.ts";
import type { ProcessEnv } from "../process/environment.ts";
import { hasGroups, killGroup } from "../process/group.ts";
import { frame, frameReader } from "./frames.ts";
import { type Marked, marked } from "./marked.ts";
import { RUNNER } from "./runner-source.ts";

/*
 * One warm interpreter.
 *
 *   starting  spawned, until its hello            → idle | ended
 *   idle      waits for a request, holds no event loop → busy | ended
 *   busy      runs one call                        → idle | retired | ended
 *   retired   answered, but threads or children of the code are still there; serves nobody → ended
 *   ended     the process is gone
 */

export interface InterpreterOptions {
  command: string;
  /** `-I`: no PYTHON* variables, no user site, no working directory on the path */
  isolated: boolean;
  env: ProcessEnv;
  directory: string;
}

export interface CallOptions {
  request: { [key: string]: Json };
  onOutput: (stream: "stdout" | "stderr", text: string) => void;
  /** ms */
  limit: number | undefined;
  signal: AbortSignal;
}

export interface PythonError {
  exception: string;
  message: string;
  traceback: string;
  line?: number | null;
  missing_library?: boolean;
}

export type Ending =
  | { type: "answer"; set: boolean; data: Json; error?: PythonError }
  | { type: "died"; code: number | null; signal: NodeJS.Signals | null }
  /** the code has not been run: what a call before it left behind could not be put in order */
  | { type: "unfit" }
  | { type: "too_large"; bytes: number }
  | { type: "timeout" }
  | { type: "aborted" };

export type CallResult = Ending & { stdout: string; stderr: string };

/** What the interpreter says of a call beside its result. */
interface Status {
  set?: boolean;
  error?: PythonError;
  retire: boolean;
  marks: readonly boolean[];
  unfit?: boolean;
}

export interface Interpreter {
  readonly executable: string;
  /** may serve another call */
  usable(): boolean;
  run(options: CallOptions): Promise<CallResult>;
  /** Lets it end by itself. */
  release(): void;
  /** Kills it and all that it started. */
  kill(): void;
  readonly ended: Promise<void>;
}

/** Thrown by `startInterpreter`: the command is no Python that works. */
export class NoInterpreter extends Error {}

const BOOT = `import os
def take(n):
 b=bytearray()
 while len(b)<n:
  c=os.read(3,n-len(b))
  if not c: os._exit(0)
  b+=c
 return bytes(b)
exec(compile(take(int.from_bytes(take(4),"big")),"<noetl>","exec"),{"take":take,"__name__":"noetl_runner"})`;

const LARGEST_ANSWER = 256 * 1024 * 1024;
const OUTPUT_TAIL = 64 * 1024;
/** ms that output of a dead interpreter may still take to arrive, while others hold its pipes */
const LAST_OUTPUT = 200;

/** Starts `command` and waits for its hello. Rejects with `NoInterpreter`. */
export async function startInterpreter(options: InterpreterOptions): Promise<Interpreter> {
  const flags = [...(options.isolated ? ["-I"] : []), "-X", "utf8", "-c", BOOT];
  const child = spawn(options.command, flags, {
    cwd: options.directory,
    env: options.env,
    // The last is never written to: its end tells the interpreter of ours.
    stdio: ["ignore", "pipe", "pipe", "pipe", "pipe", hasGroups ? "pipe" : "ignore"],
    detached: hasGroups,
    windowsHide: true,
  });
  type Pipes = [null, Socket, Socket, Writable & Socket, Readable & Socket, Socket | null];
  const [, out, err, requests, answers, lifeline] = child.stdio as unknown as Pipes;
  const nonce = randomBytes(16).toString("hex");
  const stdout = marked();
  const stderr = marked();
  let state: "starting" | "idle" | "busy" | "retired" | "ended" = "starting";
  let onFrame: (body: Buffer) => void = () => {};
  let onTooLong: (bytes: number) => void = () => {};
  let onExit: (code: number | null, signal: NodeJS.Signals | null) => void = () => {};
  let calls = 0;

  const ended = new Promise<void>((resolve) => {
    child.once("exit", (code, signal) => {
      state = "ended";
      lifeline?.destroy();
      if (hasGroups) killGroup(child); // what it had started, and nobody would end now
      resolve();
      onExit(code, signal);
    });
    child.once("error", () => {
      state = "ended";
      resolve();
    });
  });
  const reader = frameReader(
    LARGEST_ANSWER,
    (body) => onFrame(body),
    (bytes) => onTooLong(bytes),
  );
  out.on("data", stdout.push);
  err.on("data", stderr.push);
  answers.on("data", reader);
  // A broken pipe means that the interpreter has died, which its exit tells with the cause.
  for (const pipe of [out, err, requests, answers, lifeline]) pipe?.on("error", () => {});
  lifeline?.unref();
  const executable = await hello();
  for (const each of [child, out, err, requests, answers]) each.unref();

  return {
    executable,
    usable: () => state === "idle",
    run,
    release() {
      if (state === "idle" || state === "retired") requests.end();
    },
    kill: () => {
      if (state === "ended") return;
      child.ref(); // so that `ended` can be waited for
      killGroup(child);
    },
    ended,
  };

  async function hello(): Promise<string> {
    const complaint = capture({ head: 0, tail: 2_000 });
    stderr.begin(complaint, Buffer.from("\0never\0"), () => {});
    const answer = await new Promise<string>((resolve, reject) => {
      onFrame = (body) => resolve(body.toString("utf8"));
      child.once("error", (error) => reject(new NoInterpreter(error.message)));
      onExit = (code, signal) => {
        setTimeout(() => {
          const said = complaint.text().trim().split("\n").slice(-3).join(" ");
          reject(new NoInterpreter(said || `it ended at once (${signal ?? `exit code ${code}`})`));
        }, 20);
      };
      requests.write(frame(RUNNER));
      requests.write(frame(JSON.stringify({ nonce })));
    });
    state = "idle";
    const { executable } = JSON.parse(answer) as { executable: string };
    return executable || options.command;
  }

  async function run({ request, onOutput, limit, signal }: CallOptions): Promise<CallResult> {
    state = "busy";
    child.ref(); // holds the event loop, and with it all the pipes
    calls += 1;
    const marker = Buffer.from(`\0${nonce}:${calls}\0`);
    const outputs = (["stdout", "stderr"] as const).map((name) => {
      const kept = capture({ head: 0, tail: OUTPUT_TAIL, live: (text) => onOutput(name, text) });
      return { kept, complete: begin(name === "stdout" ? stdout : stderr, kept, marker) };
    });
    const { marks, ...ending } = await settled(request, limit, signal);
    if (marks === undefined) await lastOutput();
    else if (marks.includes(true)) {
      const marked = outputs.filter((_, index) => marks[index] === true);
      await Promise.race([Promise.all(marked.map(({ complete }) => complete)), ended]);
    }
    stdout.end();
    stderr.end();
    child.unref();
    return { ...ending, stdout: outputs[0]?.kept.text() ?? "", stderr: outputs[1]?.kept.text() ?? "" };
  }

  /** `marks`: whether the marker of the call comes on stdout and stderr; when it does not, all output has been read. */
  function settled(
    request: { [key: string]: Json },
    limit: number | undefined,
    signal: AbortSignal,
  ): Promise<Ending & { marks?: readonly boolean[] }> {
    return new Promise((resolve) => {
      const timer = limit === undefined ? undefined : setTimeout(() => stop({ type: "timeout" }), limit);
      const abort = () => stop({ type: "aborted" });
      signal.addEventListener("abort", abort, { once: true });
      const settle = (ending: Ending & { marks?: readonly boolean[] }) => {
        clearTimeout(timer);
        signal.removeEventListener("abort", abort);
        onFrame = () => {};
        onExit = () => {};
        onTooLong = () => {};
        resolve(ending);
      };
      const stop = (ending: Ending) => {
        killGroup(child);
        settle(ending);
      };
      onFrame = (body) => {
        const { status, data } = JSON.parse(body.toString("utf8")) as { status: Status; data: Json };
        const { marks, error } = status;
        if (state === "busy") state = status.retire ? "retired" : "idle";
        if (status.unfit) settle({ type: "unfit", marks });
        else settle({ type: "answer", set: status.set === true, data, marks, ...(error ? { error } : {}) });
      };
      onTooLong = (bytes) => stop({ type: "too_large", bytes });
      onExit = (code, name) => settle({ type: "died", code, signal: name });
      if (state === "ended") settle({ type: "died", code: child.exitCode, signal: child.signalCode });
      else if (signal.aborted) abort();
      else requests.write(frame(JSON.stringify(request)));
    });
  }

  async function lastOutput(): Promise<void> {
    await ended;
    const closed = Promise.all(
      [out, err].map((pipe) => pipe.closed || new Promise((resolve) => pipe.once("close", resolve))),
    );
    await Promise.race([closed, new Promise((resolve) => setTimeout(resolve, LAST_OUTPUT))]);
  }
}

function begin(stream: Marked, kept: Capture, marker: Buffer): Promise<void> {
  return new Promise((resolve) => stream.begin(kept, marker, resolve));
}
