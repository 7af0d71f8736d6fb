import { once } from "node:events";
import { constants } from "node:os";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { NoetlError } from "@noetl/core";
import type { Call, Ended, Exec } from "./call.ts";
import { commandLine } from "./line.ts";
import { missingProgram } from "./missing.ts";

/** What a child may still do after Ctrl-C before it is killed, ms. */
const GRACE_MS = 10_000;
const MOST_OUTPUT = 64 << 20;

export interface Surroundings {
  env: NodeJS.ProcessEnv;
  cwd: string;
  /** Ctrl-C: children get SIGINT, and every call fails with meaning `cancelled` */
  signal?: AbortSignal;
}

/** Runs programs. A non-zero exit is no error here: who calls knows what it means. */
export function openExec({ env, cwd, signal }: Surroundings): Exec {
  return async (call) => {
    if (signal?.aborted) throw interrupted(call);
    const [program, ...args] = call.argv;
    const signals = [signal, call.signal].filter((one) => one !== undefined);
    const { execa } = await import("execa");
    const child = execa(program, args, {
      cwd: call.cwd ?? cwd,
      env: { ...env, ...call.env },
      extendEnv: false,
      reject: false,
      stripFinalNewline: false,
      maxBuffer: MOST_OUTPUT,
      killSignal: "SIGINT",
      forceKillAfterDelay: GRACE_MS,
      ...(signals.length > 0 && { cancelSignal: AbortSignal.any(signals) }),
      ...(call.timeoutMs !== undefined && { timeout: call.timeoutMs }),
      ...streams(call),
    });
    const { onLine } = call;
    const read = onLine
      ? [lines(child.stdout, (line) => onLine(line, "stdout")), lines(child.stderr, (line) => onLine(line, "stderr"))]
      : [];
    const result = await child;
    await Promise.all(read);
    if (result.code === "ENOENT" && result.exitCode === undefined) throw await missingProgram(program, call.cwd ?? cwd);
    if (signal?.aborted) throw interrupted(call);
    if (result.exitCode === undefined && result.signal === undefined && !result.timedOut) {
      throw new NoetlError(
        "terminal",
        "E_PROGRAM",
        `${program} did not start: ${result.originalMessage ?? "why is not known"}`,
      );
    }
    return endedOf(result);
  };
}

function streams({ terminal, input, forget }: Call) {
  if (terminal) return { stdin: "inherit", stdout: "inherit", stderr: "inherit" } as const;
  const buffer = forget !== true;
  return input === undefined ? ({ buffer, stdin: "ignore" } as const) : { buffer, input };
}

/** Calls back for every line, also those that end in a carriage return; resolves when the stream has ended. */
async function lines(stream: Readable | null | undefined, onLine: (line: string) => void): Promise<void> {
  if (!stream) return;
  const reader = createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY });
  reader.on("line", onLine);
  await once(reader, "close");
}

function endedOf(result: {
  exitCode?: number;
  signal?: string;
  timedOut: boolean;
  stdout?: unknown;
  stderr?: unknown;
}): Ended {
  const { exitCode, signal, timedOut, stdout, stderr } = result;
  return {
    code: exitCode ?? 128 + numberOf(signal),
    ...(signal !== undefined && { signal }),
    stdout: typeof stdout === "string" ? stdout : "",
    stderr: typeof stderr === "string" ? stderr : "",
    timedOut,
  };
}

function numberOf(signal: string | undefined): number {
  return Object.entries(constants.signals).find(([name]) => name === signal)?.[1] ?? 0;
}

function interrupted({ argv }: Call): NoetlError {
  return new NoetlError("cancelled", "INTERRUPTED", `interrupted during: ${commandLine(argv.slice(0, 8))}`);
}
