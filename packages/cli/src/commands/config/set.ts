import { ensureError, isNoetlError, NoetlError } from "@noetl/core";
import { Args, BaseCommand, editContexts } from "@noetl/sdk";
import { settableKey } from "../../config/key.ts";

export default class ConfigSet extends BaseCommand {
  static override description = "Writes a setting to config.yaml; an empty value clears it.";
  static override examples = [
    "<%= config.bin %> config set request_timeout 2m",
    '<%= config.bin %> config set runtime ""',
  ];
  static override args = {
    key: Args.string({ required: true, ignoreStdin: true, description: "name of the setting" }),
    value: Args.string({ required: true, ignoreStdin: true, description: "its value" }),
  };

  async run(): Promise<unknown> {
    const { args } = await this.parse(ConfigSet);
    const setting = settableKey(args.key);
    const value = args.value === "" ? undefined : parsed(setting, args.value);
    await editContexts(this.env, (draft) => draft.set(setting.key, value));
    this.show(value === undefined ? `${setting.key} is no longer set` : `${setting.key} = ${String(value)}`);
    return { key: setting.key, value: value ?? null };
  }
}

function parsed(setting: ReturnType<typeof settableKey>, text: string): string | boolean {
  try {
    return setting.parse(text);
  } catch (error) {
    if (isNoetlError(error)) throw error;
    throw new NoetlError("validation", "E_SETTING", ensureError(error).message);
  }
}
