import { NoetlError } from "@noetl/core";
import { type Explanation, explain } from "@noetl/engine";
import { type Host, type ListedRun, loadText, readRun } from "@noetl/runner";

export interface ExplainedRun {
  run: ListedRun;
  explanation: Explanation;
}

/** Why a run of this machine is where it is. Meaning `not_found` for an unknown run or step. */
export async function explainRun(host: Host, ref: string | undefined, step: string | undefined): Promise<ExplainedRun> {
  const { summary, events } = await readRun(host, ref);
  const text = await host.store.executions.definition(summary.definition);
  if (text === undefined) {
    throw new NoetlError("not_found", "E_DEFINITION", `the playbook text of run ${summary.execution_id} is missing`);
  }
  const shown = summary.source ?? summary.path;
  const { plan } = loadText(text, { file: summary.source, shown, registry: host.registry });
  if (step !== undefined && !plan.steps.has(step)) {
    throw new NoetlError("not_found", "E_STEP_UNKNOWN", `run ${summary.execution_id} has no step '${step}'`, {
      hint: `its steps: ${[...plan.steps.keys()].slice(0, 12).join(", ")}`,
    });
  }
  return { run: summary, explanation: explain(plan, events, step) };
}
