import { BaseCommand, EXIT } from "@noetl/sdk";
import type { Status } from "../doctor/check.ts";
import { diagnose } from "../doctor/doctor.ts";

export default class Doctor extends BaseCommand {
  static override rows = "checks";
  static override description =
    "Checks the program, whether there is a newer one, its set-up, the data folder, server, PostgreSQL, NATS, the programs that steps and commands start, tools and plugins. Changes nothing. Exit code 1 when something fails.";

  async run(): Promise<unknown> {
    const { flags } = await this.parse(Doctor);
    const { paint } = this;
    const marks: Record<Status, string> = {
      ok: paint.green("ok  "),
      note: paint.yellow("note"),
      fail: paint.red("FAIL"),
    };
    const diagnosis = await diagnose(this.env, flags);
    for (const { id, status, detail, hint } of diagnosis.checks) {
      this.show(`${marks[status]}  ${id.padEnd(8)}  ${detail}${hint ? paint.dim(`; ${hint}`) : ""}`);
    }
    if (!diagnosis.healthy) this.endWith(EXIT.failure);
    return diagnosis;
  }
}
