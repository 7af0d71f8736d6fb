import { BaseCommand, table } from "@noetl/sdk";
import { executionDocument } from "../../executions/document.ts";
import { executionArg } from "../../executions/flags.ts";
import { executionText } from "../../executions/text.ts";

export default class ExecutionsGet extends BaseCommand {
  static override description = "Shows an execution with its workload, variables and result.";
  static override args = executionArg;

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(ExecutionsGet);
    this.showInPages();
    const { client } = await this.connect(flags);
    const status = await client.executions.status(args.id, { full: true });
    const detail = await client.executions.get(args.id);
    const execution = executionDocument(status);
    const { variables } = status;
    const workload = detail.workload ?? null;
    this.show(executionText(execution, this.paint));
    const facts: [string, string | null][] = [
      ["started", execution.started_at],
      ["ended", execution.ended_at],
      ["parent", execution.parent_execution_id],
    ];
    const known = facts.flatMap(([name, value]) => (value === null ? [] : [[name, value]]));
    if (known.length > 0) this.show(table(["", ""], known).trimStart());
    const { result } = execution;
    this.show(JSON.stringify({ workload, variables, ...(result !== undefined && { result }) }, null, 2));
    return { ...execution, workload, variables };
  }
}
