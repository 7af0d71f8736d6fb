import { BaseCommand, EXIT } from "@noetl/sdk";
import { playbooksOnly } from "../../register/document.ts";
import { findDocuments } from "../../register/find.ts";
import { pathsOf, registerArgs, registerFlags } from "../../register/flags.ts";
import { registerAll } from "../../register/register.ts";
import { registrationText, requireDocuments, requirePaths } from "../../register/report.ts";

export default class RegisterPlaybook extends BaseCommand {
  static override description =
    "Registers playbooks on the server, each as a new version. All of them are tried; exit code 1 when one failed.";
  static override examples = [
    "<%= config.bin %> register playbook orders.yaml",
    "<%= config.bin %> register playbook playbooks/ --dry-run",
    "cat orders.yaml | <%= config.bin %> register playbook -",
  ];
  static override rows = "registrations";
  static override args = registerArgs;
  static override flags = registerFlags;

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(RegisterPlaybook);
    const paths = pathsOf(args, flags);
    requirePaths(paths);
    const found = await findDocuments(paths, (kind) => kind !== undefined && kind !== "credential" && KINDS.has(kind));
    requireDocuments(found, paths, "playbook");
    const { client } = await this.connect(flags);
    const registrations = await registerAll(client, playbooksOnly(found), {
      dryRun: flags["dry-run"],
      assumed: "playbook",
    });
    this.show(registrationText(registrations, this.paint));
    const failed = registrations.filter(({ status }) => status === "failed").length;
    if (failed > 0) this.endWith(EXIT.failure);
    return { registrations, failed };
  }
}

/** What a catalog holds; in a folder other kinds of YAML are passed over. */
const KINDS: ReadonlySet<string> = new Set([
  "playbook",
  "agent",
  "notebook",
  "mcp",
  "subscription",
  "memory",
  "tool",
  "workbook",
]);
