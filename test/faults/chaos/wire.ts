import { setTimeout } from "node:timers/promises";
import { isObject, type JsonObject, parseJson } from "@noetl/core";

/** Asks servers that may be dead: every time the next one, until one answers. */
export interface Wire {
  /** Resolves with a status below 500; undefined when the signal aborts before. */
  ask(path: string, body?: JsonObject): Promise<{ status: number; body: JsonObject } | undefined>;
}

const ANSWER_MS = 10_000;
const AGAIN_MS = 150;

export function openWire(urls: readonly string[], signal: AbortSignal): Wire {
  let turn = 0;

  async function once(path: string, body: JsonObject | undefined) {
    const answer = await fetch(`${urls[turn++ % urls.length]}${path}`, {
      signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]),
      ...(body && {
        method: "POST",
        headers: { "content-type": "application/json" },
        // Ids of ours are texts; an older worker's server reads both.
        body: JSON.stringify(body),
      }),
    });
    const json = parseJson(await answer.text());
    return { status: answer.status, body: isObject(json) ? (json as JsonObject) : {} };
  }

  return {
    async ask(path, body) {
      while (!signal.aborted) {
        try {
          const answer = await once(path, body);
          if (answer.status < 500) return answer;
        } catch (error) {
          // Dead, dying, or not there yet: whatever it is, the next one is asked.
          if (!(error instanceof Error)) throw error;
        }
        await setTimeout(AGAIN_MS);
      }
      return undefined;
    },
  };
}
