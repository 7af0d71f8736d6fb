import { createInterface } from "node:readline";

/** A line that was typed; `end` when there will be no more. */
export type Typed = { line: string } | "end";

export interface Terminal {
  input: NodeJS.ReadStream;
  output: NodeJS.WriteStream;
}

export interface Question extends Terminal {
  prompt: string;
  /** newest first; what is typed is put in front */
  history: string[];
  /** words that can stand behind `before` */
  complete(before: string): Promise<string[]>;
}

/** One line from a terminal. Ctrl-C empties the line, Ctrl-D on an empty one is the end. The terminal is free after it. */
export async function typedLine({ input, output, prompt, history, complete }: Question): Promise<Typed> {
  const lines = createInterface({
    input,
    output,
    prompt,
    history,
    historySize: 1_000,
    removeHistoryDuplicates: true,
    completer: (text: string, done: (error: Error | null, found: [string[], string]) => void) => {
      const typed = /\S*$/.exec(text)?.[0] ?? "";
      complete(text).then(
        (words) => done(null, [words.map((word) => (word.endsWith("/") ? word : `${word} `)), typed]),
        () => done(null, [[], typed]),
      );
    },
  });
  const { promise, resolve } = Promise.withResolvers<Typed>();
  lines.on("line", (line) => resolve({ line }));
  lines.on("close", () => resolve("end"));
  lines.on("SIGINT", () => {
    output.write("^C\n");
    resolve({ line: "" });
  });
  lines.on("history", (kept: string[]) => history.splice(0, history.length, ...kept));
  lines.prompt();
  const typed = await promise;
  lines.close();
  if (typed === "end") output.write("\n");
  return typed;
}

/** All lines of what is no terminal. */
export async function* readLines(input: NodeJS.ReadableStream): AsyncGenerator<string> {
  yield* createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY });
}
