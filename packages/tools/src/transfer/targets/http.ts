import type { JsonObject } from "@noetl/core";
import { httpTool } from "../../http/tool.ts";
import type { ToolCall } from "../../tool.ts";
import { recordsOf } from "../chunk.ts";
import { CallFailed } from "../failure.ts";
import { credentialOf, need } from "../side.ts";
import type { TargetConfig } from "../tool.ts";
import type { WithTarget } from "./target.ts";

/** Sends each chunk as a JSON list of maps. What was sent before an error stays sent: HTTP has no transactions. */
export function httpTarget(config: TargetConfig, call: ToolCall, signal: AbortSignal): WithTarget {
  return (transfer) => {
    const credential = credentialOf("target", config, call);
    const url = need(config.url, "target.url", "where to send");
    return transfer(async (chunk) => {
      const request: JsonObject = {
        url,
        method: config.method ?? "POST",
        headers: config.headers ?? null,
        json: recordsOf(chunk),
      };
      const outcome = await httpTool.execute({
        ...call,
        config: request,
        auth: credential === undefined ? {} : { default: credential },
        signal,
      });
      if (outcome.status !== "ok") throw new CallFailed(outcome);
    });
  };
}
