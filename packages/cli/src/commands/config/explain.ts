import { Args, BaseCommand, readContexts } from "@noetl/sdk";
import { unknownKey } from "../../config/key.ts";
import { explainSettings } from "../../config/settings.ts";

export default class ConfigExplain extends BaseCommand {
  static override description = "Tells who decides a setting: every place it may come from, the one that counts first.";
  static override rows = "settings";
  static override args = { key: Args.string({ ignoreStdin: true, description: "name of a setting; by default all" }) };

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(ConfigExplain);
    const all = explainSettings(flags, await readContexts(this.env), this.env);
    const chosen = args.key === undefined ? all : all.filter(({ key }) => key === args.key);
    if (chosen.length === 0)
      throw unknownKey(
        args.key ?? "",
        all.map(({ key }) => key),
        "is known",
      );
    for (const { key, value, description, candidates } of chosen) {
      this.show(`${this.paint.bold(key)} = ${value}  ${this.paint.dim(description)}`);
      for (const { source, value: given, wins } of candidates) {
        this.show(
          `  ${wins ? this.paint.green("→") : " "} ${source.padEnd(24)} ${given ?? this.paint.dim("not given")}`,
        );
      }
    }
    return { settings: chosen };
  }
}
