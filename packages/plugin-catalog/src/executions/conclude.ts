import { type Client, type ExecutionStatus, followEvents, waitForEnd } from "@noetl/client";
import { parseDuration } from "@noetl/core";
import { EXIT, listenForInterrupt, type Palette } from "@noetl/sdk";
import { type ExecutionDocument, executionDocument, exitOf } from "./document.ts";
import { lineReader, lineText } from "./event-line.ts";

export interface WaitFlags {
  wait?: boolean | undefined;
  follow?: boolean | undefined;
  /** how long to wait */
  timeout?: string | undefined;
}

export interface Surroundings {
  client: Client;
  note(text: string): void;
  /** styles of what `note` prints */
  paintNote: Palette;
}

export interface Concluded {
  execution: ExecutionDocument;
  exit: number;
}

/**
 * Waits for the end of an execution, with `follow` telling what happens on the way. Ctrl-C ends the wait, not the
 * execution. Meaning `timeout` when it takes longer than `--timeout`.
 */
export async function conclude(
  { client, note, paintNote }: Surroundings,
  executionId: string,
  flags: WaitFlags,
): Promise<Concluded> {
  const timeoutMs = flags.timeout === undefined ? undefined : parseDuration(flags.timeout);
  const interrupt = listenForInterrupt({
    // The wait ends with an error that says so.
    onFirst: () => {},
    onSecond: () => process.exit(EXIT.interrupted),
  });
  const options = { signal: interrupt.signal, full: true, ...(timeoutMs !== undefined && { timeoutMs }) };
  try {
    const status = flags.follow
      ? await follow(client, executionId, options, (text) => note(text), paintNote)
      : await waitForEnd(client.executions, executionId, options);
    return { execution: executionDocument(status), exit: exitOf(status.status) };
  } finally {
    interrupt.release();
  }
}

async function follow(
  client: Client,
  executionId: string,
  options: Parameters<typeof followEvents>[2],
  note: (text: string) => void,
  paint: Palette,
): Promise<ExecutionStatus> {
  const read = lineReader();
  const events = followEvents(client.executions, executionId, options);
  for (;;) {
    const next = await events.next();
    if (next.done) return next.value;
    const line = read(next.value);
    if (line) note(lineText(line, paint));
  }
}
