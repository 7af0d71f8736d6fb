import { isObject, type JsonObject } from "@noetl/core";
import { type ConfigOf, defineTool, field } from "../config/index.ts";
import { failed } from "../outcome.ts";
import type { ToolCall, ToolDone, ToolParked } from "../tool.ts";

const config = () =>
  field.object({
    path: field.text("catalog path, or a file beside the calling playbook").optional(),
    catalog_id: field.text("catalog entry instead of `path`").optional(),
    version: field.text("version of the catalog entry; the latest by default").optional(),
    payload: field.json("workload of the child where `input` does not say otherwise").optional(),
    return_step: field.text("wait; the result shows the data of this step, with status and execution_id").optional(),
    return_result: field.flag("wait; the result is the child's result").optional(),
    result_step: field.text("wait; the result is the data of this step").optional(),
    wait: field.flag("wait for the child's end; true when a result is asked for").optional(),
    timeout: field.amount("seconds to wait: 300 with return_step, else 180").optional(),
    timeout_seconds: field.amount("the same as timeout").optional(),
    cancel_on_timeout: field.flag("cancel the child when the wait is over; default false").optional(),
    execution_pool: field.text("worker pool of the child").optional(),
  });

type Config = ConfigOf<typeof config>;

const RETURN_STEP_MS = 300_000;
const RETURN_RESULT_MS = 180_000;
/** an engine `Wait` without end */
const UNLIMITED = 0;

/**
 * Calls another playbook (DSL §20). The call is parked: the host starts the child, and waiting for it holds no worker. The engine and
 * the pipeline make the result from what the child came to.
 */
export const playbookTool = defineTool({
  kind: "playbook",
  aliases: ["playbooks"],
  summary: "starts another playbook, and waits for it when a result is asked for",
  config,
  required: [["path", "catalog_id"]],
  positions: { path: "text", catalog_id: "text", return_step: "text", result_step: "text" },
  ownKeys: ["timeout"],
  effects: "unknown",
  resultSummary: "the child's result, or {status, execution_id, path} when not waiting",
  run: (config, call) => park(config, call),
});

function park(config: Config, call: ToolCall): ToolParked | ToolDone {
  const path = config.path?.trim();
  const id = config.catalog_id?.trim();
  if (!path && !id) return refused("CONFIG_INVALID", "playbook: 'path' is empty");
  const payload = payloadOf(config, call);
  if (payload === undefined) return refused("E_PLAYBOOK_INPUT", "playbook: the payload of a child must be a map");
  return {
    status: "parked",
    wait: { kind: "child", ...(path ? { path } : { catalog_id: id ?? "" }), ...waitOf(config, call), payload },
  };
}

/** `payload` under `input`, key by key; undefined when `payload` is no map. */
function payloadOf({ payload }: Config, { input }: ToolCall): JsonObject | undefined {
  if (payload === undefined || payload === "") return input;
  return isObject(payload) ? { ...(payload as JsonObject), ...input } : undefined;
}

function waitOf(config: Config, { env, timeout }: ToolCall): JsonObject {
  const { return_step, result_step } = config;
  const asked = return_step !== undefined || result_step !== undefined || config.return_result === true;
  // On a laptop nobody would look after a forgotten child: a call that does not say `wait: false` waits (DSL §23.3).
  const local = env.childEnvironment === "inherit" && config.wait === undefined && config.return_result === undefined;
  const seconds = config.timeout ?? config.timeout_seconds;
  const limit = seconds === undefined ? timeout.total : seconds * 1_000;
  const usual = return_step !== undefined ? RETURN_STEP_MS : local && !asked ? UNLIMITED : RETURN_RESULT_MS;
  return {
    ...(config.version === undefined ? {} : { version: config.version }),
    wait: asked || config.wait === true || local,
    ...(return_step === undefined ? {} : { return_step }),
    ...(result_step === undefined ? {} : { result_step }),
    return_result: return_step === undefined && result_step === undefined,
    timeout_ms: limit ?? usual,
    cancel_on_timeout: config.cancel_on_timeout ?? false,
    ...(config.execution_pool === undefined ? {} : { pool: config.execution_pool }),
    ...(env.playbookDirectory === undefined ? {} : { directory: env.playbookDirectory }),
    ...(env.site.local_profile ? { inherit_workload: true } : {}),
  };
}

function refused(code: string, message: string): ToolDone {
  return failed("configuration", message, { code });
}
