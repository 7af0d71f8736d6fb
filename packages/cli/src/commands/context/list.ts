import { BaseCommand, readContexts, table } from "@noetl/sdk";
import { contextView } from "../../contexts/view.ts";

export default class ContextList extends BaseCommand {
  static override description = "Lists the contexts, the current one marked with *.";
  static override rows = "contexts";

  async run(): Promise<unknown> {
    await this.parse(ContextList);
    const file = await readContexts(this.env);
    const names = [...file.contexts.keys()].sort();
    const contexts = names.flatMap((name) => {
      const context = file.contexts.get(name);
      return context ? [contextView(context, file.current)] : [];
    });
    const rows = contexts.map((context) => [
      context.current ? "*" : "",
      context.name,
      context.server_url,
      context.runtime,
      context.auth0_domain ?? "-",
      context.session ?? "-",
    ]);
    if (rows.length > 0) this.show(table(["", "name", "server url", "runtime", "auth0 domain", "session"], rows));
    else this.note(`no context is set up in ${file.path}; noetl context add NAME --server-url URL makes one`);
    return { contexts, current: file.current ?? null, file: file.path };
  }
}
