import { BaseCommand, EXIT } from "@noetl/sdk";
import type { Verdict } from "../doctor/check.ts";
import { diagnose } from "../doctor/doctor.ts";

export default class Doctor extends BaseCommand {
  static override rows = "checks";
  static override description =
    "Checks Node, set-up, data folder, server and programs. Exit code 1 when something fails.";

  async run(): Promise<unknown> {
    const { flags } = await this.parse(Doctor);
    const { paint } = this;
    const marks: Record<Verdict, string> = {
      ok: paint.green("ok  "),
      note: paint.yellow("note"),
      fail: paint.red("FAIL"),
    };
    const diagnosis = await diagnose(this.env, flags);
    for (const { name, verdict, detail, hint } of diagnosis.checks) {
      this.show(`${marks[verdict]}  ${name.padEnd(7)} ${detail}${hint ? paint.dim(`; ${hint}`) : ""}`);
    }
    if (!diagnosis.healthy) this.endWith(EXIT.failure);
    return diagnosis;
  }
}
