import { credentialSchema, playbookSchema } from "@noetl/playbook";
import { Args, BaseCommand, Flags } from "@noetl/sdk";
import { openRegistry } from "../plugins/tool-registry.ts";

const KINDS = ["playbook", "credential"] as const;

export default class Schema extends BaseCommand {
  static override description = "Prints a JSON Schema (draft 2020-12), so that editors complete and check YAML.";
  static override examples = ["<%= config.bin %> schema > noetl.schema.json"];
  static override args = {
    kind: Args.option({ options: KINDS })({
      default: "playbook" as const,
      ignoreStdin: true,
      description: "which documents",
    }),
  };
  static override flags = { strict: Flags.boolean({ description: "without legacy forms" }) };

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(Schema);
    const profile = flags.strict ? "strict" : "default";
    const schema =
      args.kind === "credential" ? credentialSchema() : playbookSchema(profile, await openRegistry(this.env));
    this.show(JSON.stringify(schema, null, 2));
    return schema;
  }
}
