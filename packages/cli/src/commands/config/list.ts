import { BaseCommand, readContexts, table } from "@noetl/sdk";
import { explainSettings } from "../../config/settings.ts";

export default class ConfigList extends BaseCommand {
  static override description = "Lists the settings with their values and where each comes from.";
  static override rows = "settings";

  async run(): Promise<unknown> {
    const { flags } = await this.parse(ConfigList);
    const all = explainSettings(flags, await readContexts(this.env), this.env);
    this.show(
      table(
        ["setting", "value", "from"],
        all.map(({ key, value, source }) => [key, value, source]),
      ),
    );
    return { settings: all.map(({ candidates: _candidates, ...row }) => row) };
  }
}
