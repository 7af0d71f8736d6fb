import { BaseCommand, count, Flags } from "@noetl/sdk";

export default class Cleanup extends BaseCommand {
  static override description = "Cancels executions that have been open for a long time.";
  static override examples = ["<%= config.bin %> cleanup --older-than-minutes 60 --dry-run"];
  static override flags = {
    "older-than-minutes": Flags.integer({ default: 5, min: 1, description: "only those open for longer" }),
    "dry-run": Flags.boolean({ description: "only show which ones" }),
    yes: Flags.boolean({ char: "y", description: "do not ask" }),
  };

  async run(): Promise<unknown> {
    const { flags } = await this.parse(Cleanup);
    const { client, server } = await this.connect(flags);
    const olderThan = flags["older-than-minutes"];
    const dryRun = flags["dry-run"];
    const question = `Cancel all executions on ${server.url} that have been open for more than ${count(olderThan, "minute")}?`;
    if (!dryRun && !(await this.agreed(question, flags))) {
      this.note("nothing was cancelled");
      return { dry_run: false, cancelled_count: 0, execution_ids: [] };
    }
    const done = await client.executions.cleanup({ older_than_minutes: olderThan, dry_run: dryRun });
    for (const id of done.execution_ids) this.show(id);
    this.show(`${count(done.count, "execution")} ${dryRun ? "would be cancelled" : "cancelled"}`);
    return { dry_run: dryRun, cancelled_count: done.count, execution_ids: done.execution_ids };
  }
}
