import { type Json, NoetlError } from "@noetl/core";
import { readText } from "@noetl/sdk/payload";

/** The statement: an argument, `--file`, or stdin for `-`. Meaning `validation` when there is none, or two. */
export async function statementText(argument: string | undefined, file: string | undefined): Promise<string> {
  if ((argument === undefined) === (file === undefined)) {
    throw new NoetlError("validation", "E_STATEMENT", "one statement is needed", {
      hint: "as an argument, with --file FILE, or - for stdin",
    });
  }
  const text = argument !== undefined && argument !== "-" ? argument : await readText(file ?? "-");
  if (text.trim() === "") throw new NoetlError("validation", "E_STATEMENT", "the statement is empty");
  return text;
}

/** JSON where it is JSON, else the text: `5` is a number, `abc` a text, `"5"` a text. */
export function parameterOf(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch (error) {
    if (error instanceof SyntaxError) return text;
    throw error;
  }
}
