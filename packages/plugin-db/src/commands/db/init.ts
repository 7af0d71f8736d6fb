import { DatabaseCommand, directFlag } from "../../command.ts";
import { directTarget, withDirect } from "../../direct/open.ts";

export default class DbInit extends DatabaseCommand {
  static override description = "Creates the schema or brings it up to date. Safe to repeat.";
  static override examples = ["<%= config.bin %> db init", "<%= config.bin %> db init --direct"];
  static override flags = { direct: directFlag };

  async run(): Promise<unknown> {
    const { flags } = await this.parse(DbInit);
    if (flags.direct) {
      const { where } = directTarget(this.env);
      await withDirect(this.env, ({ store }) => store.migrate());
      this.show(`${where}: the schema is up to date`);
      return { where, message: "the schema is up to date" };
    }
    const { client, server } = await this.connect(flags);
    const { message } = await client.database.init();
    this.show(`${server.url}: ${message ?? "done"}`);
    return { where: server.url, message };
  }
}
