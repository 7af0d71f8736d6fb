import { describePlan } from "@noetl/playbook";
import { checkRequirements, loadFile, loadText } from "@noetl/runner";
import { readText } from "@noetl/sdk/payload";
import { planText } from "../playbooks/plan-text.ts";
import { payloadFor, type Request } from "./start.ts";

type DryRunRequest = Pick<Request, "choice" | "registry" | "input" | "payload" | "sets" | "setStrings" | "merge"> & {
  "skip-unsupported": boolean;
};

/** Everything that `run` checks before the first step, and what would run; nothing is run or stored. */
export async function dryRun(
  request: DryRunRequest,
  to: { show(text: string): void; note(text: string): void },
): Promise<unknown> {
  const { choice, registry } = request;
  const stdin = choice.file === "-" ? await readText("-") : undefined;
  const loaded =
    stdin === undefined
      ? await loadFile(choice.file, registry)
      : loadText(stdin, { file: null, shown: "stdin", registry });
  checkRequirements(loaded, registry, {
    skipUnsupported: request["skip-unsupported"],
    ...(choice.target !== undefined && { target: choice.target }),
  });
  const { payload, merge, warnings } = await payloadFor(request, stdin);
  for (const warning of warnings) to.note(warning);
  const plan = describePlan(loaded.playbook, registry);
  to.show(`${planText(plan)}\n\nPayload  ${JSON.stringify(payload)}`);
  return { dry_run: true, file: choice.file, target: choice.target ?? null, payload, merge, plan };
}
