import { NoetlError } from "@noetl/core";
import { Args, BaseCommand, checkedUrl, editContexts, Flags } from "@noetl/sdk";
import { contextFlags, patchOf } from "../../contexts/flags.ts";

export default class ContextAdd extends BaseCommand {
  static override description =
    "Sets up a context, or changes one of that name; a cached session is kept. The first one becomes the current one.";
  static override examples = [
    "<%= config.bin %> context add dev --server-url http://localhost:8082 --set-current",
    "<%= config.bin %> context add prod --server-url https://gateway.example.org --gateway --runtime distributed",
  ];
  static override args = {
    name: Args.string({ required: true, ignoreStdin: true, description: "name of the context" }),
  };
  static override flags = {
    ...contextFlags,
    "set-current": Flags.boolean({ description: "make it the current one" }),
  };

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(ContextAdd);
    const { name } = args;
    if (!flags["server-url"]) {
      throw new NoetlError("validation", "E_SERVER_URL", "a context needs --server-url", {
        hint: `noetl context add ${name} --server-url http://localhost:8082`,
      });
    }
    const serverUrl = checkedUrl(flags["server-url"], "--server-url");
    const patch = { ...patchOf(flags), serverUrl, runtime: flags.runtime ?? "auto" };
    const done = await editContexts(this.env, (draft) => {
      const created = !draft.file.contexts.has(name);
      const becomesCurrent = flags["set-current"] || draft.file.current === undefined;
      draft.put(name, patch);
      if (becomesCurrent) draft.use(name);
      return { name, server_url: serverUrl, created, current: becomesCurrent || draft.file.current === name };
    });
    this.show(`${done.created ? "added" : "changed"} ${name}: ${serverUrl}${done.current ? " (current)" : ""}`);
    return done;
  }
}
