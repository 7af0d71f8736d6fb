import { NoetlError } from "@noetl/core";

/** A line that is not shown while it is typed. Meaning `validation` where nobody can type. */
export async function hiddenInput(
  question: string,
  { input, output, never }: { input: NodeJS.ReadStream; output: NodeJS.WritableStream; never: boolean },
): Promise<string> {
  if (!input.isTTY || never) {
    throw new NoetlError("validation", "E_CONFIRM", `${question} cannot be asked without a terminal`, {
      hint: "use --auth0-token or --browser",
    });
  }
  output.write(`${question}: `);
  input.setRawMode(true);
  input.resume();
  input.setEncoding("utf8");
  try {
    return await new Promise<string>((resolve, reject) => {
      let typed = "";
      const onData = (text: string) => {
        for (const character of text) {
          if (character === "\r" || character === "\n" || character === "\u0004") {
            input.off("data", onData);
            return resolve(typed);
          }
          if (character === "\u0003") {
            input.off("data", onData);
            return reject(new NoetlError("cancelled", "CANCELLED", "the login was interrupted"));
          }
          typed = character === "\u007f" ? typed.slice(0, -1) : typed + character;
        }
      };
      input.on("data", onData);
    });
  } finally {
    input.setRawMode(false);
    input.pause();
    output.write("\n");
  }
}
