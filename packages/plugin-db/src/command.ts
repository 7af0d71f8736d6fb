import { isNoetlError, NoetlError } from "@noetl/core";
import { BaseCommand, Flags } from "@noetl/sdk";

export const directFlag = Flags.boolean({
  description: "on the database itself, without a server: NOETL_DATABASE_URL or POSTGRES_*, else this machine's",
});

/** A command that works through a server, or with `--direct` without one: who has none is told. */
export abstract class DatabaseCommand extends BaseCommand {
  protected override catch(error: Error): Promise<never> {
    return super.catch(isNoetlError(error) && error.code === "SERVER_UNREACHABLE" ? withDirectHint(error) : error);
  }
}

function withDirectHint(error: NoetlError): NoetlError {
  const { meaning, code, message, hint, cause } = error;
  return new NoetlError(meaning, code, message, { cause, hint: `${hint}; --direct needs no server` });
}
