import type { Exec } from "./call.ts";
import { pasteable } from "./line.ts";

export interface Announced {
  /** what changes something is printed and not run */
  dryRun: boolean;
  /** everything that runs is printed first */
  verbose: boolean;
  print(lines: string): void;
}

/** Prints calls as a shell takes them: with `--dry-run` those it does not make, with `-v` all. */
export function announcing(exec: Exec, { dryRun, verbose, print }: Announced): Exec {
  return async (call) => {
    if (dryRun && !call.reads) {
      print(pasteable(call));
      return { code: 0, stdout: "", stderr: "", timedOut: false };
    }
    // Inputs are long and may be secret.
    if (verbose) print(pasteable({ argv: call.argv, ...(call.env && { env: call.env }) }));
    return exec(call);
  };
}
