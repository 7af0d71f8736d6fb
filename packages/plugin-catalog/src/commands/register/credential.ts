import { BaseCommand, EXIT, Flags } from "@noetl/sdk";
import { findDocuments } from "../../register/find.ts";
import { credentialFlags, pathsOf, registerArgs, registerFlags } from "../../register/flags.ts";
import { registerAll } from "../../register/register.ts";
import { registrationText, requireDocuments, requirePaths } from "../../register/report.ts";

export default class RegisterCredential extends BaseCommand {
  static override description =
    "Stores credentials on the server, encrypted; a name that is there already is replaced. (credential register stores them on this machine.)";
  static override examples = [
    "<%= config.bin %> register credential pg.json",
    "<%= config.bin %> register credential credentials/ --expand-env",
  ];
  static override rows = "registrations";
  static override args = registerArgs;
  static override flags = {
    ...registerFlags,
    ...credentialFlags,
    type: Flags.string({ description: "type, for example postgres or bearer" }),
  };

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(RegisterCredential);
    const paths = pathsOf(args, flags);
    requirePaths(paths);
    const found = await findDocuments(paths, (kind) => kind === "credential");
    requireDocuments(found, paths, "credential");
    const { client } = await this.connect(flags);
    const documents = found.map((document) => ({ ...document, kind: "credential" }));
    const registrations = await registerAll(client, documents, {
      dryRun: flags["dry-run"],
      assumed: "credential",
      name: flags.name,
      type: flags.type,
      ...(flags["expand-env"] && { env: this.env }),
    });
    this.show(registrationText(registrations, this.paint));
    const failed = registrations.filter(({ status }) => status === "failed").length;
    if (failed > 0) this.endWith(EXIT.failure);
    return { registrations, failed };
  }
}
