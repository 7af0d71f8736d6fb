import { NoetlError } from "@noetl/core";
import { Args, BaseCommand, checkedUrl, contextNamed, editContexts } from "@noetl/sdk";
import { contextFlags, patchOf } from "../../contexts/flags.ts";

export default class ContextUpdate extends BaseCommand {
  static override description =
    "Changes fields of a context and leaves the others and its session alone; an empty text clears a field.";
  static override examples = [
    "<%= config.bin %> context update prod --runtime distributed",
    '<%= config.bin %> context update prod --auth0-audience ""',
  ];
  static override args = {
    name: Args.string({ required: true, ignoreStdin: true, description: "name of the context" }),
  };
  static override flags = contextFlags;

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(ContextUpdate);
    const url = flags["server-url"];
    const given = { ...patchOf(flags), serverUrl: url === undefined ? undefined : checkedUrl(url, "--server-url") };
    const changed = Object.entries(given).flatMap(([field, value]) => (value === undefined ? [] : [field]));
    if (changed.length === 0) {
      throw new NoetlError("validation", "E_NOTHING", "nothing to change was given", {
        hint: "add --help to see the fields",
      });
    }
    await editContexts(this.env, (draft) => {
      contextNamed(draft.file, args.name);
      draft.put(args.name, given);
    });
    this.show(`changed ${args.name}: ${changed.join(", ")}`);
    return { name: args.name, changed };
  }
}
