import { BaseCommand, EXIT, Flags } from "@noetl/sdk";
import { canonicalKind } from "../../register/document.ts";
import { findDocuments } from "../../register/find.ts";
import { credentialFlags, pathsOf, registerArgs, registerFlags } from "../../register/flags.ts";
import { registerAll } from "../../register/register.ts";
import { registrationText, requireDocuments, requirePaths } from "../../register/report.ts";

export default class CatalogRegister extends BaseCommand {
  static override description =
    "Registers documents of any kind on the server: each says itself what it is, a credential also by its fields.";
  static override examples = [
    "<%= config.bin %> catalog register orders.yaml pg.json",
    "<%= config.bin %> catalog register deploy/",
  ];
  static override rows = "registrations";
  static override args = registerArgs;
  static override flags = {
    ...registerFlags,
    ...credentialFlags,
    type: Flags.string({ aliases: ["resource-type"], description: "kind of documents that do not say it" }),
  };

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(CatalogRegister);
    const paths = pathsOf(args, flags);
    requirePaths(paths);
    const found = await findDocuments(paths, (kind) => kind !== undefined || flags.type !== undefined);
    requireDocuments(found, paths, "document");
    const { client } = await this.connect(flags);
    const registrations = await registerAll(client, found, {
      dryRun: flags["dry-run"],
      assumed: canonicalKind(flags.type ?? "playbook"),
      name: flags.name,
      ...(flags["expand-env"] && { env: this.env }),
    });
    this.show(registrationText(registrations, this.paint));
    const failed = registrations.filter(({ status }) => status === "failed").length;
    if (failed > 0) this.endWith(EXIT.failure);
    return { registrations, failed };
  }
}
