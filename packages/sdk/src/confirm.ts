import { createInterface } from "node:readline/promises";
import { NoetlError } from "@noetl/core";

export interface ConfirmOptions {
  question: string;
  /** the flag that answers yes, for callers without a terminal */
  flag: string;
  input: NodeJS.ReadStream;
  output: NodeJS.WritableStream;
}

/**
 * Asks on a terminal; only `y` and `yes` mean yes. Without a terminal nobody can answer: meaning `validation`, and the
 * hint names the flag (cli.md §1.11).
 */
export async function confirm({ question, flag, input, output }: ConfirmOptions): Promise<boolean> {
  if (!input.isTTY) {
    throw new NoetlError("validation", "E_CONFIRM", `${question} needs an answer, and there is no terminal to ask on`, {
      hint: `add ${flag}`,
    });
  }
  const lines = createInterface({ input, output });
  try {
    return /^y(es)?$/i.test((await lines.question(`${question} [y/N] `)).trim());
  } finally {
    lines.close();
  }
}
