import { dirname, join, resolve } from "node:path";
import { isNoetlError, type Json, type JsonObject } from "@noetl/core";
import { cancelled, done, failed, timedOut } from "../outcome.ts";
import { baseEnvironment, callEnvironment, directoryOf, type ProcessEnv } from "../process/environment.ts";
import { describeExit, exitCode } from "../process/exit.ts";
import { hasGroups } from "../process/group.ts";
import type { ToolCall, ToolDone, ToolEnvironment } from "../tool.ts";
import { authEnvironment } from "./auth-env.ts";
import { contextNames } from "./context.ts";
import type { PythonError } from "./interpreter.ts";
import { pythonCommands } from "./locate.ts";
import { createPool, earlyOf, type Pool } from "./pool.ts";
import { loadSource, type Source } from "./source.ts";
import type { PythonConfig } from "./tool.ts";

export async function runPython(config: PythonConfig, call: ToolCall): Promise<ToolDone> {
  const source = await loadSource({ ...config, code_b64: config.code_b64 ?? config.code_base64 }, call);
  if ("status" in source) return source;
  const auth = await authEnvironment(call.auth);
  try {
    return await execute(config, source, auth.env, call);
  } catch (error) {
    return refusal(error);
  } finally {
    await auth.remove();
  }
}

async function execute(
  config: PythonConfig,
  source: Source,
  auth: { [name: string]: string },
  call: ToolCall,
): Promise<ToolDone> {
  const { env } = call;
  const own = { ...callEnvironment(env), ...auth, ...config.env };
  const base = environmentOf(call);
  const early = earlyOf(own);
  const wanted = config.python ?? venvPython(config.deps?.venv_path) ?? env.processEnv.NOETL_PYTHON;
  const seat = {
    name: wanted || `PATH ${env.processEnv.PATH}`,
    commands: () => pythonCommands(env, wanted),
    // An author who sets PYTHONPATH means it, also on a worker.
    isolated: env.childEnvironment === "clean" && !Object.keys(early).some((name) => name.startsWith("PYTHON")),
    // The same object for most calls: the pool knows it again.
    env: Object.keys(early).length === 0 ? base : { ...base, ...early },
    directory: env.workingDirectory,
  };
  const request = {
    ...source,
    input: call.input,
    execution_id: env.site.execution_id,
    step: env.site.step,
    env: own,
    cwd: directoryOf(env, config.cwd),
    libs: config.libs ?? null,
    check_libs: env.processEnv.NOETL_SKIP_LIB_VALIDATION !== "true",
    path: [
      ...(source.file === undefined ? [] : [dirname(source.file)]),
      ...(config.deps?.sys_path ?? []).map((folder) => resolve(env.workingDirectory, folder)),
    ],
    ...contextFor(source.code, call),
  };
  const limit = call.timeout.total;
  const result = await poolOf(call).run(seat, { request, limit, signal: call.signal, onOutput: env.onOutput });
  return outcome(result, limit);
}

function poolOf({ env }: ToolCall): Pool {
  const fresh = env.processEnv.NOETL_PYTHON_ISOLATION === "spawn";
  return env.resources.get(
    "python",
    () => createPool({ fresh }),
    (pool) => pool.close(),
  );
}

/** Most calls of a host start with the same variables: sorted out once, not for each call. */
function environmentOf({ env }: ToolCall): ProcessEnv {
  const known = env.resources.get(
    "child environments",
    () => new WeakMap<ToolEnvironment["processEnv"], ProcessEnv>(),
    () => {},
  );
  const base = known.get(env.processEnv) ?? baseEnvironment(env);
  known.set(env.processEnv, base);
  return base;
}

function contextFor(code: string, { input, env }: ToolCall): { context?: JsonObject } {
  const names = contextNames(code, input);
  if (names === undefined) return {};
  return { context: names === "all" ? env.flatContext() : env.flatContext(names) };
}

function venvPython(folder: string | undefined): string | undefined {
  if (folder === undefined) return undefined;
  return hasGroups ? join(folder, "bin", "python") : join(folder, "Scripts", "python.exe");
}

function outcome(result: Awaited<ReturnType<Pool["run"]>>, limit: number | undefined): ToolDone {
  const { stdout, stderr } = result;
  switch (result.type) {
    case "answer": {
      if (result.error) return raised(result.error, { stdout, stderr });
      const data: Json = result.set ? result.data : { stdout, stderr };
      return done(data, { stdout, stderr });
    }
    case "died": {
      const message = `${describeExit("python", result.code, result.signal)} before the code was done${lastLine(stderr)}`;
      return failed("process", message, { code: `EXIT_${exitCode(result.code, result.signal)}` }, { stdout, stderr });
    }
    case "too_large": {
      const message = `the result takes ${Math.round(result.bytes / 2 ** 20)} MiB, more than the 256 MiB a step may return`;
      return failed(
        "limit",
        message,
        { code: "RESULT_TOO_LARGE", recovery: "write it to a file or a table, return where it is" },
        { stdout, stderr },
      );
    }
    case "timeout":
      return timedOut(limit ?? 0, { stdout, stderr });
    case "aborted":
      return cancelled({ stdout, stderr });
  }
}

function raised(error: PythonError, output: { stdout: string; stderr: string }): ToolDone {
  const code = `PY_${error.exception}`;
  const details = error.line ? { details: { line: error.line } } : {};
  return failed(
    error.missing_library ? "configuration" : "transform",
    error.message,
    { code, ...details },
    {
      ...output,
      py: { exception: error.exception, traceback: error.traceback },
    },
  );
}

function lastLine(text: string): string {
  const line = text.trimEnd().split("\n").at(-1)?.trim();
  return line ? `: ${line.slice(0, 500)}` : "";
}

/** What is none of ours (a body that must be fetched first, a bug) is for the host. */
function refusal(error: unknown): ToolDone {
  if (!isNoetlError(error)) throw error;
  if (error.meaning === "cancelled") return cancelled();
  return failed("configuration", error.message, {
    code: error.code,
    ...(error.hint === undefined ? {} : { recovery: error.hint }),
  });
}
