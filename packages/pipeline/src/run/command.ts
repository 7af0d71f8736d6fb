import type { Json, JsonObject } from "@noetl/core";
import type { CallDone, CallError, CallParked, Command } from "@noetl/engine";
import { renderTree } from "@noetl/scope";
import type { PipelineHost, RunCommand } from "../api.ts";
import { commandNames } from "../bind/command-names.ts";
import { countField, numberField } from "../bind/number.ts";
import { openSecrets } from "../secrets/open.ts";
import { runBatch } from "./batch.ts";
import type { Call, Item } from "./call.ts";
import { openStop } from "./deadline.ts";
import { errorInfo } from "./failure.ts";
import { runFrame } from "./frame.ts";
import { openCtx } from "./memory-ctx.ts";
import { runPipeline } from "./pipeline.ts";
import { broken, done, endedOf, parked, sealed } from "./report.ts";
import { type Shared, sharedOf } from "./shared.ts";
import { loadState, type Parked, shelve, storeState, unshelve } from "./state.ts";

/** Pipeline iterations when the step sets no limit (decision 5). */
const MAX_ITERATIONS = 1_000_000;

/** Runs one command to its end, or until it has to wait for something outside (api.ts). */
export const runCommand: RunCommand = async (command, host, signal) => {
  const shared = sharedOf(host.resources);
  try {
    return await attended(command, host, signal, shared);
  } catch (error) {
    return broken(command, shared.redactor.json(errorInfo(error) as unknown as JsonObject) as never, host.clock.now());
  }
};

async function attended(command: Command, host: PipelineHost, signal: AbortSignal, shared: Shared) {
  const opened = openCommand(command, shared);
  const bodies = new Map<string, Json>();
  const started = (command.resume && startOf(command.resume.state)) ?? host.clock.now();
  const secrets = openSecrets({ command: opened, host, shared, bodies });
  const { context } = opened;
  const engine: JsonObject = {
    execution_id: command.execution_id,
    command_id: command.command_id,
    job: { uuid: command.execution_id, execution_id: command.execution_id, id: command.execution_id },
    ...(host.environment.serverUrl === undefined ? {} : { server_url: host.environment.serverUrl }),
    ...context.engine,
  };
  const render: Call["render"] = {
    now: () => host.clock.now(),
    uuid: () => crypto.randomUUID(),
    token: secrets.token,
    compareText: command.local_profile,
  };
  const limit = (value: Json | undefined) => {
    if (typeof value !== "string") return value;
    const names = commandNames(opened, engine, bodies);
    return renderTree(shared.templates, value, names, { ...render, position: "data" });
  };
  const { spec } = command.step;
  const seconds = numberField(limit(spec.timeout_seconds), `timeout of step '${command.step.step}'`);
  const maxIterations = countField(limit(spec.max_iterations), "spec.max_iterations", MAX_ITERATIONS);
  const ends = [command.deadline, seconds === undefined ? undefined : started + seconds * 1_000];
  const deadline = Math.min(...ends.filter((at) => at !== undefined));
  const stop = openStop(host.clock, signal, Number.isFinite(deadline) ? deadline : undefined);
  const call: Call = {
    command: opened,
    host,
    shared,
    plan: shared.planOf(command.step, host),
    secrets,
    bodies,
    signal: stop.signal,
    stopped: stop.reason,
    engine: { ...engine, keychain: secrets.keychain } as unknown as Call["engine"],
    render,
    maxIterations,
  };
  try {
    switch (command.issued.mode) {
      case "pipeline":
        return await runOnce(call);
      case "batch":
        return await runBatch(call);
      case "frame":
        return await runFrame(call);
    }
  } finally {
    stop.close();
  }
}

/** Secret variables of this process are put back into what the log brought. */
function openCommand(command: Command, shared: Shared): Command {
  const { context } = command;
  const ctx = openCtx(shared.memoryCtx, command.execution_id, context.ctx, shared.redactor.json);
  return ctx === context.ctx ? command : { ...command, context: { ...context, ctx } };
}

async function runOnce(call: Call): Promise<CallDone | CallError | CallParked> {
  const { command } = call;
  const state = await loadState<Parked>(call, command);
  const item = itemOf(command);
  const end = await runPipeline(call, {
    item,
    parks: true,
    ...(state &&
      command.resume && { resume: { ...unshelve(state, command.context.ctx), outcome: command.resume.outcome } }),
  });
  if (end.status === "parked")
    return parked(call, end.wait, await storeState(call, shelve(call, end.memory, end.held), end.memory.started_at));
  return done(call, await sealed(call, endedOf(end)), end.memory.updates);
}

function itemOf(command: Command): Item | undefined {
  const { iteration, step } = command;
  if (!iteration || !step.loop) return undefined;
  return { iterator: step.loop.iterator, ...iteration };
}

/** The step's clock does not start again after a park. */
function startOf(state: Json): number | undefined {
  const parked = state as unknown as Partial<Parked> & { started_at?: number };
  return parked?.memory?.started_at ?? parked?.started_at;
}
