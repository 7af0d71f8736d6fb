import { BaseCommand } from "@noetl/sdk";
import { parseObject, payloadOf, readPayload, readText } from "@noetl/sdk/payload";
import { executionArg, waitFlags, workloadFlags } from "../../executions/flags.ts";
import { showOutcome } from "../../executions/show-outcome.ts";
import { continueStarted } from "../../executions/start.ts";

const { merge: _always, ...overrides } = workloadFlags;

export default class ExecuteRerun extends BaseCommand {
  static override description =
    "Starts a former execution again, with the workload it had; what is given here goes over it.";
  static override examples = ["<%= config.bin %> execute rerun 478775660589088776 --set limit=5 --wait"];
  static override args = executionArg;
  static override flags = { ...overrides, ...waitFlags };

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(ExecuteRerun);
    const { payload, warnings } = payloadOf({
      sets: flags.set ?? [],
      setStrings: flags["set-string"] ?? [],
      merge: true,
      declared: {},
      ...(flags.input !== undefined && { input: parseObject(await readText(flags.input), `--input ${flags.input}`) }),
      ...(flags.payload !== undefined && { payload: await readPayload(flags.payload) }),
    });
    for (const warning of warnings) this.note(warning);
    const { client } = await this.connect(flags);
    const surroundings = { client, note: (text: string) => this.note(text), paintNote: this.paintNote };
    const started = await client.executions.rerun(args.id, payload);
    const outcome = await continueStarted(surroundings, started, undefined, flags);
    this.endWith(outcome.ended?.exit ?? 0);
    return showOutcome(outcome, { show: (text) => this.show(text), note: surroundings.note, paint: this.paint });
  }
}
