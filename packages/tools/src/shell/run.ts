import { ensureError, isNoetlError, type JsonObject } from "@noetl/core";
import { cancelled, done, failed, timedOut } from "../outcome.ts";
import { baseEnvironment, callEnvironment, directoryOf } from "../process/environment.ts";
import { describeExit, exitCode } from "../process/exit.ts";
import { livePrograms } from "../process/live.ts";
import { type Finished, runProcess } from "../process/run.ts";
import type { ToolCall, ToolDone } from "../tool.ts";
import { exportsFile, readExports } from "./exports.ts";
import { scriptArguments } from "./script.ts";
import { shellOf } from "./shells.ts";
import type { ShellConfig } from "./tool.ts";

const HEAD = 64 * 1024;
const MOST = 1024 * 1024;

export async function runShell(config: ShellConfig, call: ToolCall): Promise<ToolDone> {
  const wanted = config.exports ?? [];
  const file = await exportsFile(wanted.length > 0);
  try {
    const runs = await runAll(config, file.env, call);
    return outcome(config, runs, wanted.length > 0 ? readExports(wanted, stdoutOf(runs), await file.read()) : {}, call);
  } catch (error) {
    return refusal(error);
  } finally {
    await file.remove();
  }
}

interface Run extends Finished {
  script: string;
  duration: number;
}

async function runAll(config: ShellConfig, exportsEnv: JsonObject, call: ToolCall): Promise<Run[]> {
  const { env, timeout, signal } = call;
  const shell = shellOf(env, config.shell);
  const directory = directoryOf(env, config.cwd);
  const variables = {
    ...baseEnvironment(env),
    ...callEnvironment(env),
    ...(exportsEnv as { [name: string]: string }),
    ...config.env,
  };
  const deadline = timeout.total === undefined ? undefined : env.clock.now() + timeout.total;
  const runs: Run[] = [];
  for (const script of config.cmds) {
    const started = env.clock.now();
    const { args, remove } = await scriptArguments(shell, script);
    const finished = await runProcess({
      command: shell.command,
      args,
      env: variables,
      directory,
      limit: deadline === undefined ? undefined : Math.max(0, deadline - started),
      signal,
      live: livePrograms(env.resources),
      head: HEAD,
      tail: MOST - HEAD,
      onOutput: env.onOutput,
      endGroup: env.childEnvironment === "clean",
    }).finally(remove);
    runs.push({ ...finished, script, duration: env.clock.now() - started });
    if (finished.ended !== "exit" || finished.code !== 0) break;
  }
  return runs;
}

function outcome(config: ShellConfig, runs: Run[], values: { [name: string]: string }, call: ToolCall): ToolDone {
  const last = runs.at(-1);
  if (last === undefined) return done({ exit_code: 0, returncode: 0, stdout: "", stderr: "", text: "" });
  const keep = config.capture !== false;
  const stdout = keep ? stdoutOf(runs) : "";
  const stderr = keep ? runs.map((run) => run.stderr).join("") : "";
  const code = exitCode(last.code, last.signal);
  const text = stdout.trim();
  const json = parsed(text);
  const data: JsonObject = {
    exit_code: code,
    returncode: code,
    stdout,
    stderr,
    text,
    ...(json === undefined ? {} : { json }),
    ...(config.cmds.length > 1 ? { commands: runs.map((run) => summary(run, keep)) } : {}),
  };
  const output = { data, stdout, stderr };
  if (last.ended === "timeout") return timedOut(call.timeout.total ?? 0, output);
  if (last.ended === "aborted") return cancelled(output);
  if (code !== 0) return failed("process", message(last), { code: `EXIT_${code}` }, output);
  for (const name of config.exports ?? []) {
    if (!Object.hasOwn(values, name)) call.env.onOutput("stderr", `exports: the script gave no '${name}=…' line\n`);
  }
  return done({ ...data, ...values }, { stdout, stderr, ...(Object.keys(values).length > 0 ? { ctx: values } : {}) });
}

function stdoutOf(runs: Run[]): string {
  return runs.map((run) => run.stdout).join("");
}

function summary(run: Run, keep: boolean): JsonObject {
  return {
    cmd_preview: run.script.slice(0, 200),
    returncode: exitCode(run.code, run.signal),
    stdout: keep ? run.stdout : "",
    stderr: keep ? run.stderr : "",
    duration_ms: Math.round(run.duration),
  };
}

/** Only a list or map: a script that prints `5` or `true` means text. */
function parsed(text: string): JsonObject[string] | undefined {
  if (!/^[[{]/.test(text)) return undefined;
  try {
    return JSON.parse(text) as JsonObject;
  } catch {
    // Output that only begins like JSON is text.
    return undefined;
  }
}

function message(run: Run): string {
  const said = (run.stderr.trim() || run.stdout.trim()).slice(-2048);
  const how = describeExit("the command", run.code, run.signal);
  return said === "" ? how : `${how}: ${said}`;
}

/** What is none of ours is for the host. */
function refusal(error: unknown): ToolDone {
  if (isNoetlError(error)) return failed("configuration", error.message, { code: error.code });
  const { code, message } = ensureError(error) as NodeJS.ErrnoException;
  if (code === undefined) throw error;
  return failed("configuration", `shell: the command could not be started: ${message}`, { code });
}
