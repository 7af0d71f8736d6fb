import type { ChildProcess } from "node:child_process";
import type { Readable } from "node:stream";
import { isObject } from "@noetl/core";
import type { ChildAnswer } from "./call.ts";

export interface ChildEnd {
  code: number | null;
  signal: NodeJS.Signals | null;
  /** undefined when the plugin ended the process before there was one */
  answer: ChildAnswer | undefined;
  /** what it said on stderr, where that is kept */
  errors: string;
}

/** How long the pipes of a child that has ended may take to be read, in ms. */
const GRACE_MS = 500;

/** Waits for the end of a child, not for what it left running: that may hold its pipes open for ever. */
export async function endOf(child: ChildProcess): Promise<ChildEnd> {
  const pipes = [child.stdio[3], child.stderr].map((stream) => gather(stream as Readable | null | undefined));
  const { promise: closed, resolve: close } = Promise.withResolvers<void>();
  child.once("close", () => close());
  const { code, signal } = await new Promise<Pick<ChildEnd, "code" | "signal">>((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code, signal) => resolve({ code, signal }));
  });
  const timer = setTimeout(close, GRACE_MS);
  await closed;
  clearTimeout(timer);
  const [answer = "", errors = ""] = pipes.map((pipe) => pipe.end());
  return { code, signal, answer: answerIn(answer), errors };
}

function gather(stream: Readable | null | undefined): { end(): string } {
  let text = "";
  stream?.setEncoding("utf8").on("data", (chunk: string) => {
    text += chunk;
  });
  return {
    end() {
      stream?.destroy();
      return text;
    },
  };
}

/** The last line; a plugin may have written others. */
function answerIn(text: string): ChildAnswer | undefined {
  const line = text.trim().split("\n").at(-1) ?? "";
  try {
    const answer: unknown = JSON.parse(line);
    return isAnswer(answer) ? answer : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function isAnswer(value: unknown): value is ChildAnswer {
  return isObject(value) && ("value" in value || (isObject(value.error) && typeof value.error.message === "string"));
}
