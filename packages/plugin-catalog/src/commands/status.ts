import { Args, BaseCommand, EXIT, Flags } from "@noetl/sdk";
import { conclude } from "../executions/conclude.ts";
import { executionDocument } from "../executions/document.ts";
import { waitFlags } from "../executions/flags.ts";
import { executionText } from "../executions/text.ts";
import { serverStatus, serverText } from "../server/status.ts";

export default class Status extends BaseCommand {
  static override description =
    "Shows how an execution stands; without an id, how the server stands and which workers it has.";
  static override examples = [
    "<%= config.bin %> status",
    "<%= config.bin %> status 478775660589088776 --follow",
    "<%= config.bin %> status 478775660589088776 --wait --json",
  ];
  static override args = { id: Args.string({ ignoreStdin: true, description: "id of an execution" }) };
  static override flags = {
    full: Flags.boolean({ description: "with the result and whole variables, where the server has them" }),
    ...waitFlags,
  };

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(Status);
    const { client } = await this.connect(flags);
    if (args.id === undefined) {
      if (flags.wait || flags.follow)
        this.error("--wait and --follow need the id of an execution", { exit: EXIT.usage });
      const status = await serverStatus(client);
      this.show(serverText(status, this.paint));
      return status;
    }
    if (flags.wait || flags.follow) {
      const surroundings = { client, note: (text: string) => this.note(text), paintNote: this.paintNote };
      const { execution, exit } = await conclude(surroundings, args.id, flags);
      this.show(executionText(execution, this.paint));
      this.endWith(exit);
      return execution;
    }
    const status = await client.executions.status(args.id, { full: flags.full });
    const execution = executionDocument(status);
    this.show(executionText(execution, this.paint));
    if (!flags.full) return execution;
    const { variables } = status;
    this.show(JSON.stringify({ variables, ...(status.result !== undefined && { result: status.result }) }, null, 2));
    return { ...execution, variables };
  }
}
