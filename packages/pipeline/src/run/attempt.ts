import type { JsonObject } from "@noetl/core";
import type { Wait } from "@noetl/engine";
import { evaluateCondition } from "@noetl/scope";
import type { ToolCall, ToolDone, ToolOutcome } from "@noetl/tools";
import { bindConfig, bindTimeout } from "../bind/config.ts";
import { bindInput } from "../bind/input.ts";
import { type Site, siteNames } from "../bind/names.ts";
import type { TaskPlan } from "../bind/plan.ts";
import { fetchBody, settle } from "../bind/settle.ts";
import { bindAuth } from "../secrets/bind-auth.ts";
import { cancelled, timedOut, within } from "./deadline.ts";
import { contextReferences, environmentOf } from "./environment.ts";
import { errorInfo, failure } from "./failure.ts";
import { loggedInput, tell } from "./progress.ts";

export type Attempt = { input: JsonObject; config: JsonObject } & (
  | { outcome: ToolDone; wait?: never }
  | { wait: Wait; outcome?: never }
);

/** Binds input and config, resolves auth, runs the tool once. Whatever goes wrong is an outcome. */
export async function attemptTask(site: Site, plan: TaskPlan): Promise<Attempt> {
  let input: JsonObject = {};
  let config: JsonObject = {};
  try {
    input = await bindInput(site, plan);
    const bound = { ...site, input };
    const names = siteNames(bound);
    const { config: merged, auth } = await bindAuth(site.call, plan, names, await bindConfig(bound, plan, names));
    config = merged;
    const timeout = await bindTimeout(site.call, plan, names);
    for (const ref of contextReferences(bound, config)) await fetchBody(site.call, ref);
    tell(site.call, site.item, {
      type: "task.started",
      task: plan.task.name,
      kind: plan.task.kind,
      attempt: site.attempt ?? 1,
      input: loggedInput(site.call, input),
    });
    const outcome = await execute(bound, plan, { config, input, auth, timeout });
    if (outcome.status === "parked") return { input, config, wait: outcome.wait as unknown as Wait };
    return { input, config, outcome };
  } catch (error) {
    return { input, config, outcome: { status: "error", error: errorInfo(error) } };
  }
}

/** False: the task is skipped (DSL §12.2). */
export async function guardHolds(site: Site, plan: TaskPlan): Promise<boolean> {
  const { guard } = plan.task;
  if (guard === undefined || guard === null) return true;
  const { call } = site;
  return settle(call, () => evaluateCondition(call.shared.templates, guard, siteNames(site), call.render));
}

async function execute(
  site: Site,
  plan: TaskPlan,
  parts: Pick<ToolCall, "config" | "input" | "auth" | "timeout">,
): Promise<ToolOutcome> {
  const { call } = site;
  const { tool } = plan;
  if (!tool) throw unknownKind(plan.task.kind);
  const output = liveOutput(site, plan);
  const env = environmentOf(site, plan, output.write);
  const run = async (signal: AbortSignal) => settle(call, () => tool.execute({ ...parts, signal, env }));
  try {
    // A pure tool does not wait: no clock needs to be set for it.
    if (tool.pure) return await run(call.signal);
    const ended = await within(call.host.clock, call.signal, parts.timeout.total, run);
    if ("gone" in ended) return { status: "error", error: call.stopped() ?? cancelled() };
    if ("timeout" in ended) return late(ended.value, parts.timeout.total);
    return ended.value;
  } finally {
    output.end();
  }
}

/** A worker may lack the plugin that the machine has on which the playbook was checked. */
function unknownKind(kind: string): Error {
  const message = `tool kind '${kind}' is not known where the step ran; a plugin that brings it must be installed there`;
  return failure("configuration", "UNSUPPORTED_KIND", message);
}

/** The limit ran out: an error of kind `timeout` whatever the tool says of being interrupted; its data stays. */
function late(outcome: ToolOutcome | undefined, limit: number | undefined): ToolDone {
  const error = timedOut(`no answer within ${(limit ?? 0) / 1_000} s`);
  if (!outcome || outcome.status === "parked") return { status: "timeout", error };
  const known = outcome.error?.kind === "timeout" ? outcome.error : error;
  return { ...outcome, status: "timeout", error: known };
}

/** Output of the tool on its way to people: masked, even where a chunk cuts a secret. */
function liveOutput(site: Site, plan: TaskPlan) {
  const { redactor } = site.call.shared;
  const open = (stream: "stdout" | "stderr") =>
    redactor.stream((text) => tell(site.call, site.item, { type: "output", task: plan.task.name, stream, text }));
  let streams: { stdout: ReturnType<typeof open>; stderr: ReturnType<typeof open> } | undefined;
  return {
    write(stream: "stdout" | "stderr", text: string) {
      streams ??= { stdout: open("stdout"), stderr: open("stderr") };
      streams[stream].write(text);
    },
    end() {
      streams?.stdout.end();
      streams?.stderr.end();
    },
  };
}
