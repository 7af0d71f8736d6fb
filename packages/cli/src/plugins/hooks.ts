import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { ensureError } from "@noetl/core";
import type { Environment } from "@noetl/sdk";
import { type HookEvent, type HookPayloads, type InstalledPlugin, pluginFile } from "@noetl/sdk/plugins";
import type { ChildAnswer } from "./child/call.ts";
import { startChild } from "./child/start.ts";

/** What a hook may take. */
const PATIENCE_MS = 5_000;

export interface Hooks {
  /** Starts the hooks of an event, each in a process of its own; never rejects and never waits. */
  fire<E extends HookEvent>(event: E, payload: HookPayloads[E]): void;
  /** Waits for those that were started, `init` excepted, and tells of those that failed. Never rejects. */
  settle(): Promise<void>;
}

export interface HookOptions {
  env: Environment;
  plugins: readonly InstalledPlugin[];
  note(text: string): void;
  patienceMs?: number;
}

/** Hooks are told and not asked: none can change, slow or break what it is told of. */
export function openHooks({ env, plugins, note, patienceMs = PATIENCE_MS }: HookOptions): Hooks {
  const running: Promise<void>[] = [];
  return {
    fire(event, payload) {
      for (const plugin of plugins) {
        const path = plugin.hooks[event];
        if (path === undefined) continue;
        const file = pluginFile(env, plugin, path);
        const call = { do: "hook" as const, plugin: plugin.name, file, payload, patience_ms: patienceMs };
        if (event === "init") {
          startChild(call, "detached");
          continue;
        }
        const tell = (why: string) => note(`hook ${event} of plugin ${plugin.name} ${why}`);
        running.push(followed(startChild(call, "loud"), patienceMs, tell));
      }
    },
    async settle() {
      await Promise.all(running.splice(0));
    },
  };
}

async function followed(
  child: ReturnType<typeof startChild>,
  patienceMs: number,
  tell: (why: string) => void,
): Promise<void> {
  const ended = new Promise<NodeJS.Signals | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (_code, signal) => resolve(signal));
  });
  try {
    const [written, signal] = await Promise.all([text(child.stdio[3] as Readable), ended]);
    if (signal === "SIGKILL") return tell(`was stopped after ${patienceMs / 1_000} s`);
    const answer = written === "" ? undefined : (JSON.parse(written) as ChildAnswer);
    if (answer === undefined) tell("ended its process");
    else if ("error" in answer) tell(`failed: ${answer.error.message}`);
  } catch (error) {
    tell(`could not be started: ${ensureError(error).message}`);
  }
}
