import { Args, BaseCommand, readContexts } from "@noetl/sdk";
import { unknownKey } from "../../config/key.ts";
import { explainSettings } from "../../config/settings.ts";

export default class ConfigGet extends BaseCommand {
  static override description = "Prints the value of a setting.";
  static override args = {
    key: Args.string({ required: true, ignoreStdin: true, description: "name of the setting" }),
  };

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(ConfigGet);
    const all = explainSettings(flags, await readContexts(this.env), this.env);
    const found = all.find(({ key }) => key === args.key);
    if (!found)
      throw unknownKey(
        args.key,
        all.map(({ key }) => key),
        "is known",
      );
    this.show(found.value);
    return { key: found.key, value: found.value, source: found.source };
  }
}
