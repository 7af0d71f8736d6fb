import { NoetlError } from "@noetl/core";

export interface ConfirmOptions {
  question: string;
  /** the flag that answers yes, for callers without a terminal */
  flag: string;
  input: NodeJS.ReadStream;
  output: NodeJS.WritableStream;
  /** what has to be typed to go on, for what cannot be undone; default `y` or `yes` */
  expected?: string;
  /** `--no-input`: as without a terminal */
  never?: boolean;
}

/**
 * Asks on a terminal; only `y` and `yes`, or exactly what is expected, mean yes. Without a terminal nobody can answer:
 * meaning `validation`, and the hint names the flag (cli.md §1.11).
 */
export async function confirm(options: ConfirmOptions): Promise<boolean> {
  const { question, flag, input, output, expected } = options;
  if (!input.isTTY || options.never) {
    const why = options.never ? "--no-input forbids to ask" : "there is no terminal to ask on";
    throw new NoetlError("validation", "E_CONFIRM", `${question} needs an answer, and ${why}`, { hint: `add ${flag}` });
  }
  const answer = await ask({
    question: expected === undefined ? `${question} [y/N] ` : `${question} Type ${expected} to go on: `,
    input,
    output,
  });
  return expected === undefined ? /^y(es)?$/i.test(answer) : answer === expected;
}

/** One trimmed line; empty when the input ends. Ctrl-C is an error of meaning `cancelled`, as elsewhere. */
export async function ask({
  question,
  input,
  output,
}: Pick<ConfirmOptions, "question" | "input" | "output">): Promise<string> {
  // Questions are rare, and every start would pay for the library.
  const { createInterface } = await import("node:readline/promises");
  const lines = createInterface({ input, output });
  const { promise: unanswered, resolve, reject } = Promise.withResolvers<string>();
  // What comes next is not for the line of the question.
  const leave = (settle: () => void) => {
    output.write("\n");
    settle();
  };
  lines.once("SIGINT", () => leave(() => reject(interrupted())));
  lines.once("close", () => leave(() => resolve("")));
  try {
    return (await Promise.race([lines.question(question), unanswered])).trim();
  } finally {
    lines.removeAllListeners("close").close();
  }
}

function interrupted(): NoetlError {
  return new NoetlError("cancelled", "CANCELLED", "interrupted at the question; nothing was done");
}
