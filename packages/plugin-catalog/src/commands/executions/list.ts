import { formatDuration } from "@noetl/core";
import { BaseCommand, count, Flags, shortTime, statusWordOf, table } from "@noetl/sdk";
import { executionDocument } from "../../executions/document.ts";
import { statusWord } from "../../executions/text.ts";

export default class ExecutionsList extends BaseCommand {
  static override description = "Lists executions of the server, newest first.";
  static override examples = [
    "<%= config.bin %> executions list --status failed",
    "<%= config.bin %> executions list -o name",
  ];
  static override rows = "executions";
  static override flags = {
    status: Flags.string({ description: "only with this status" }),
    path: Flags.string({ description: "only of the playbook with this path" }),
    parent: Flags.string({ description: "only those that this execution started" }),
    limit: Flags.integer({ char: "n", default: 20, min: 1, max: 200, description: "how many" }),
    page: Flags.integer({ default: 1, min: 1, description: "which page of that size" }),
  };

  async run(): Promise<unknown> {
    const { flags } = await this.parse(ExecutionsList);
    this.showInPages();
    const status = flags.status === undefined ? undefined : statusWordOf(flags.status);
    const { client } = await this.connect(flags);
    const found = await client.executions.list({
      page: flags.page,
      page_size: flags.limit,
      ...(status !== undefined && { status }),
      ...(flags.path !== undefined && { path: flags.path }),
      ...(flags.parent !== undefined && { parent_execution_id: flags.parent }),
    });
    // Older servers ignore filters they do not know.
    const wanted = found.filter(
      (one) =>
        (status === undefined || one.status === status) &&
        (flags.path === undefined || one.path === null || one.path.includes(flags.path)) &&
        (flags.parent === undefined || one.parent_execution_id === flags.parent),
    );
    const executions = wanted.slice(0, flags.limit).map((one) => {
      const { steps, completed_steps, failed_steps, current_step, ...row } = executionDocument(one);
      return row;
    });
    const rows = executions.map((one) => [
      one.execution_id,
      statusWord(one.status, this.paint),
      `${one.path ?? ""}${one.version === null ? "" : `@${one.version}`}`,
      one.started_at === null ? "" : shortTime(Date.parse(one.started_at)),
      one.duration_seconds === null ? "" : formatDuration(one.duration_seconds * 1_000),
    ]);
    if (rows.length > 0) this.show(table(["execution", "status", "playbook", "started", "took"], rows));
    this.show(count(rows.length, "execution"));
    return { executions };
  }
}
