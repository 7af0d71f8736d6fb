import { createWriteStream } from "node:fs";
import { finished } from "node:stream/promises";
import { type JsonObject, NoetlError, parseDuration } from "@noetl/core";
import type { LogEvent } from "@noetl/engine";
import {
  loadFile,
  loadText,
  type Observer,
  openHost,
  parseCredential,
  type ResumeOptions,
  type RunOptions,
  type RunOutcome,
  runPlaybook,
} from "@noetl/runner";
import { type Payload, parseObject, payloadOf, readPayload, readText } from "@noetl/sdk/payload";
import type { Registry } from "@noetl/tools";
import { openRunHooks } from "../plugins/run-hooks.ts";
import type { PlaybookChoice } from "./find-playbook.ts";
import { NEWEST } from "./resume-flag.ts";

/** What the user asked for, in the words of the flags. */
export interface Request {
  choice: PlaybookChoice;
  registry: Registry;
  env: { readonly [name: string]: string | undefined };
  cwd: string;
  input?: string | undefined;
  payload?: string | undefined;
  sets?: readonly string[] | undefined;
  setStrings?: readonly string[] | undefined;
  merge: boolean;
  credentials?: readonly string[] | undefined;
  concurrency?: number | undefined;
  timeout?: string | undefined;
  resume?: string | undefined;
  from?: string | undefined;
  keepChanged: boolean;
  skipUnsupported: boolean;
  inheritWorkload?: boolean | undefined;
  trace?: string | undefined;
  observer: Observer;
  /** what is not the run itself */
  note(text: string): void;
  signal: AbortSignal;
}

/** Runs a playbook on this machine to its end. Rejects as `runPlaybook` does, and with `validation` for bad flags. */
export async function startRun(request: Request): Promise<RunOutcome> {
  const stdin = request.choice.file === "-" ? await readText("-") : undefined;
  const { payload, merge, warnings } = await payloadFor(request, stdin);
  for (const warning of warnings) request.note(warning);
  const resume = resumeOptions(request);
  const credentials = await credentialFiles(request.credentials ?? []);
  const timeoutMs = request.timeout === undefined ? undefined : parseDuration(request.timeout);
  const host = await openHost({
    env: request.env,
    workingDirectory: request.cwd,
    credentials,
    registry: request.registry,
  });
  const trace = request.trace === undefined ? undefined : openTrace(request.trace);
  const hooks = openRunHooks(request.env, request.note);
  const options: RunOptions = {
    file: stdin === undefined ? request.choice.file : "stdin",
    payload,
    merge,
    skipUnsupported: request.skipUnsupported,
    signal: request.signal,
    observer: hooks.observe(trace ? tee(request.observer, trace.write) : request.observer),
    ...(stdin !== undefined && { text: stdin }),
    ...(request.choice.target !== undefined && { target: request.choice.target }),
    ...(request.concurrency !== undefined && { concurrency: request.concurrency }),
    ...(timeoutMs !== undefined && { timeoutMs }),
    ...(request.inheritWorkload !== undefined && { inheritWorkload: request.inheritWorkload }),
    ...(resume && { resume }),
  };
  try {
    const outcome = await runPlaybook(host, options);
    await hooks.finished(outcome);
    return outcome;
  } finally {
    await host.store.close();
    await trace?.close();
  }
}

/** The merged payload; the playbook is only read for it when `--set` has to know the declared values. */
export async function payloadFor(
  request: Pick<Request, "choice" | "registry" | "input" | "payload" | "sets" | "setStrings" | "merge">,
  stdin: string | undefined,
): Promise<Payload> {
  const fromStdin = [
    ...(stdin === undefined ? [] : ["the playbook"]),
    ...(request.input === "-" ? ["--input"] : []),
    ...(request.payload === "-" ? ["--payload"] : []),
  ];
  if (fromStdin.length > 1) {
    throw new NoetlError("validation", "E_STDIN", `${fromStdin.join(" and ")} cannot both come from stdin`);
  }
  const sets = request.sets ?? [];
  const setStrings = request.setStrings ?? [];
  let declared: JsonObject = {};
  if (sets.length + setStrings.length > 0) {
    const { registry } = request;
    const loaded =
      stdin === undefined
        ? await loadFile(request.choice.file, registry)
        : loadText(stdin, { file: null, shown: "stdin", registry });
    declared = loaded.playbook.workload;
  }
  return payloadOf({
    sets,
    setStrings,
    merge: request.merge,
    declared,
    ...(request.input !== undefined && {
      input: parseObject(await readText(request.input), `--input ${request.input}`),
    }),
    ...(request.payload !== undefined && { payload: await readPayload(request.payload) }),
  });
}

function resumeOptions({ resume, from, keepChanged }: Request): ResumeOptions | undefined {
  if (resume === undefined) {
    if (from === undefined && !keepChanged) return undefined;
    throw new NoetlError(
      "validation",
      "E_RESUME",
      `${from === undefined ? "--keep-changed" : "--from"} needs --resume`,
    );
  }
  return { ...(resume !== NEWEST && { executionId: resume }), ...(from !== undefined && { from }), keepChanged };
}

async function credentialFiles(entries: readonly string[]) {
  const found = entries.map(async (entry) => {
    const equals = entry.indexOf("=");
    const name = entry.slice(0, Math.max(0, equals));
    if (name === "") {
      throw new NoetlError("validation", "E_CREDENTIAL", `--credential ${entry}: NAME=FILE is needed`);
    }
    const file = entry.slice(equals + 1);
    return [name, parseCredential(name, await readText(file), file)] as const;
  });
  return Object.fromEntries(await Promise.all(found));
}

function tee(observer: Observer, write: (event: LogEvent) => void): Observer {
  return {
    ...observer,
    event(event, info) {
      write(event);
      observer.event?.(event, info);
    },
  };
}

function openTrace(file: string): { write(event: LogEvent): void; close(): Promise<void> } {
  const stream = createWriteStream(file);
  const done = finished(stream).catch((error: Error) => {
    throw new NoetlError("terminal", "E_TRACE", `cannot write ${file}: ${error.message}`, { cause: error });
  });
  // Reported by `close`; until then nobody waits for it.
  done.catch(() => {});
  return {
    write: (event) => void stream.write(`${JSON.stringify(event)}\n`),
    async close() {
      stream.end();
      await done;
    },
  };
}
