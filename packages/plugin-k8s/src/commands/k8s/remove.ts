import { count, Flags } from "@noetl/sdk";
import { changeFlags } from "../../flags.ts";
import { K8sCommand } from "../../k8s-command.ts";
import { remove } from "../../remove/remove.ts";

export default class K8sRemove extends K8sCommand {
  static override description =
    "Deletes server, workers and their configuration from a cluster. Volumes, Secrets (with the key of stored credentials) and the namespace stay unless --purge-data; PostgreSQL and NATS of a development cluster stay unless --with-deps.";
  static override examples = [
    "<%= config.bin %> k8s remove",
    "<%= config.bin %> k8s remove --purge-data --with-deps",
    "<%= config.bin %> k8s remove --dry-run",
  ];
  static override flags = {
    "purge-data": Flags.boolean({
      aliases: ["purge"],
      description: "volumes and Secrets too: what is in them is lost",
    }),
    "with-deps": Flags.boolean({ description: "PostgreSQL and NATS too; with --purge-data also the namespaces" }),
    confirm: Flags.string({ helpValue: "CONTEXT", description: "name of the context, in place of typing it" }),
    ...changeFlags,
  };

  async run(): Promise<unknown> {
    const { flags } = await this.parse(K8sRemove);
    return this.withTools(flags, async (tools) => {
      const place = await this.placeToChange(flags, tools, "remove");
      const { context, config, kubectl } = place;
      const purgeData = flags["purge-data"] === true;
      const withDeps = flags["with-deps"] === true;
      const dryRun = flags["dry-run"] === true;
      const document = { context: context.name, namespace: config.namespace, dry_run: dryRun };
      const lost = purgeData ? ", with volumes and Secrets" : "";
      const question = `Delete NoETL from namespace ${config.namespace} of context ${context.name}${lost}?`;
      const ask = purgeData || !this.trusts(context);
      if (!dryRun && ask && !(await this.confirmed(question, place, flags))) {
        this.note("nothing was deleted");
        return { ...document, removed: [], kept: [] };
      }
      const done = await remove(kubectl, { config, purgeData, withDeps, dryRun });
      if (!dryRun) {
        const kept = done.kept.filter((name) => !name.startsWith("namespace/"));
        this.show(`${this.paint.green("removed")} ${count(done.removed.length, "object")}`);
        if (kept.length > 0) this.note(`kept (--purge-data, --with-deps): ${kept.join(", ")}`);
      }
      return { ...document, ...done, ...(dryRun && { commands: tools.lines }) };
    });
  }
}
