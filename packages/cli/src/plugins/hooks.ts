import { ensureError } from "@noetl/core";
import type { Environment } from "@noetl/sdk";
import { type HookEvent, type HookPayloads, type InstalledPlugin, partOf } from "@noetl/sdk/plugins";
import type { HookCall } from "./child/call.ts";
import { endOf } from "./child/end.ts";
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
        const call = { do: "hook" as const, ...partOf(env, plugin, path), payload, patience_ms: patienceMs };
        if (event === "init") {
          startChild(call, "detached");
          continue;
        }
        const tell = (why: string) => note(`hook ${event} of plugin ${plugin.name} ${why}`);
        running.push(followed(call, tell));
      }
    },
    async settle() {
      await Promise.all(running.splice(0));
    },
  };
}

async function followed(call: HookCall, tell: (why: string) => void): Promise<void> {
  try {
    const { signal, answer } = await endOf(startChild(call, "loud"));
    if (signal === "SIGKILL") return tell(`was stopped after ${call.patience_ms / 1_000} s`);
    if (answer === undefined) tell("ended its process");
    else if ("error" in answer) tell(`failed: ${answer.error.message}`);
  } catch (error) {
    tell(`could not be started: ${ensureError(error).message}`);
  }
}
