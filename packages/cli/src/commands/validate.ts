import { formatDiagnostic } from "@noetl/playbook";
import { Args, BaseCommand, count, EXIT, Flags } from "@noetl/sdk";
import { readSources } from "../playbooks/sources.ts";
import { validateSources } from "../playbooks/validate.ts";
import { openRegistry } from "../plugins/tool-registry.ts";

export default class Validate extends BaseCommand {
  static override rows = "files";
  static override description =
    "Checks playbooks (and documents of other kinds) completely and reports all findings at once. Exit code 2 when one has errors.";
  static override examples = [
    "<%= config.bin %> validate flow.yaml",
    "<%= config.bin %> validate playbooks/ --strict --json",
    "cat flow.yaml | <%= config.bin %> validate -",
  ];
  static override args = {
    file: Args.string({
      required: true,
      multiple: true,
      ignoreStdin: true,
      description: "files, folders, - for stdin",
    }),
  };
  static override flags = {
    strict: Flags.boolean({ description: "legacy forms are errors" }),
    errors: Flags.boolean({ description: "print no warnings" }),
  };

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(Validate);
    const sources = await readSources([args.file].flat());
    const report = await validateSources(sources, {
      profile: flags.strict ? "strict" : "default",
      tools: await openRegistry(this.env),
      folder: process.cwd(),
    });
    const color = this.paint.bold("x") !== "x";
    for (const [index, { file, valid, errors, warnings, diagnostics }] of report.files.entries()) {
      const text = sources[index]?.text ?? "";
      for (const found of diagnostics) {
        if (!flags.errors || found.severity === "error") this.show(`${formatDiagnostic(found, text, { color })}\n`);
      }
      const verdict = valid ? this.paint.green("ok") : this.paint.red("invalid");
      this.show(
        `${file}: ${verdict}${errors + warnings > 0 ? `, ${count(errors, "error")}, ${count(warnings, "warning")}` : ""}`,
      );
    }
    if (!report.valid) this.endWith(EXIT.usage);
    return report;
  }
}
