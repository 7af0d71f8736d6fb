import type { JsonObject } from "@noetl/core";
import { VIEW, type View } from "@noetl/template";
import type { BodySource } from "../api.ts";
import { own } from "../own.ts";
import { stepStatus } from "../status.ts";
import type { ScopeInput, StepRecord } from "../types.ts";
import { PartsView } from "./loop.ts";
import { siteC, stepView } from "./step.ts";

/** `steps`: full records by name, also of steps whose results have no bare name. */
export function stepsView(input: ScopeInput): View {
  const all = () => {
    const records: { [step: string]: unknown } = {};
    for (const step of input.stepNames()) {
      const record = input.result(step);
      if (record) records[step] = recordView(record, input.body);
    }
    return records;
  };
  return {
    [VIEW]: true,
    attribute(key) {
      const record = input.result(String(key));
      return record && recordView(record, input.body);
    },
    native: all,
    sequence: all,
    truth: () => !input.stepNames()[Symbol.iterator]().next().done,
  };
}

/** `steps.<name>`: `{status, data, output, error, meta, iterations}` (DSL §7.1), other names as in the step view. */
function recordView(record: StepRecord, body: BodySource): View {
  const output = siteC(record, body);
  const iterations = record.parts && new PartsView(record.parts, body);
  const native = () => ({
    status: stepStatus(record.status).text,
    data: iterations ? iterations.native() : output.native(),
    ...(record.error ? { error: record.error } : {}),
    ...(record.meta ? { meta: record.meta } : {}),
    ...(iterations ? { iterations: iterations.native() } : {}),
  });
  return {
    [VIEW]: true,
    attribute(key) {
      switch (key) {
        case "status":
          return stepStatus(record.status);
        case "error":
        case "meta":
          return record[key];
        case "output":
        case "result":
          return output;
        case "iterations":
          return iterations;
        default:
          return output.attribute(key);
      }
    },
    native,
    sequence: native,
    truth: () => true,
  };
}

/** `ctx`: its variables as a whole; by name also step results and workload keys (old playbooks, DSL §7.2). */
export function ctxView({
  ctx,
  workload,
  result,
  body,
}: Pick<ScopeInput, "ctx" | "workload" | "result" | "body">): View {
  const whole = (): JsonObject => ctx;
  return {
    [VIEW]: true,
    attribute(key) {
      const name = String(key);
      const variable = own(ctx, name);
      if (variable !== undefined) return variable;
      const record = result(name);
      return (record && stepView(record, body)) ?? own(workload, name);
    },
    native: whole,
    sequence: whole,
  };
}
