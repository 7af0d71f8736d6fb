import { ensureError } from "@noetl/core";
import { wordsOf } from "./words.ts";

export interface ConsolePorts {
  /** flags of the console itself, put in front of every command */
  globals: readonly string[];
  /** runs a command line to its end and gives its exit code; never rejects */
  run(argv: readonly string[]): Promise<number>;
  /** context, server, way and session, as they are now */
  where(): Promise<string>;
  show(text: string): void;
  note(text: string): void;
}

const HELP = `Type a command without noetl: status, run flow.yaml, context use prod.
  help     this; --help lists the commands, COMMAND --help shows one
  where    which context, server and session
  exit     leave; so do quit and Ctrl-D`;

/** Does what a line says; "leave" when it asks for the end. Whatever goes wrong, the console goes on (cli.md §4.10). */
export async function doLine(line: string, ports: ConsolePorts): Promise<number | "leave"> {
  let words: string[];
  try {
    words = wordsOf(line);
  } catch (error) {
    ports.note(`Error: ${ensureError(error).message}`);
    return 2;
  }
  if (words[0] === "noetl" || words[0] === "ntl") words.shift();
  const [first] = words;
  if (first === undefined || first.startsWith("#")) return 0;
  if (words.length === 1) {
    if (first === "exit" || first === "quit") return "leave";
    if (first === "help") {
      ports.show(HELP);
      return 0;
    }
    if (first === "where") {
      ports.show(await ports.where().catch((error: unknown) => ensureError(error).message));
      return 0;
    }
  }
  if (first === "console") {
    ports.note("this is the console already");
    return 2;
  }
  const code = await ports.run([...ports.globals, ...words]);
  if (code !== 0) ports.note(`exit code ${code}`);
  return code;
}
