import { type Attempt, startAttempt } from "../network/attempt.ts";
import { done } from "../outcome.ts";
import type { ToolCall, ToolDone } from "../tool.ts";
import { readIdentity, withConnection } from "./connection.ts";
import type { Run } from "./context.ts";
import { natsError } from "./errors.ts";
import { keyValue } from "./key-value.ts";
import { messages } from "./messages.ts";
import { objects } from "./objects.ts";
import { streams } from "./streams.ts";
import type { NatsConfig, Operation } from "./tool.ts";

const DEFAULT_MS = 30_000;
const RUNS: Record<Operation, Run> = { ...keyValue, ...objects, ...streams, ...messages };

/** Does what the step asks of NATS; every failure is an outcome. */
export async function runNats(config: NatsConfig, call: ToolCall): Promise<ToolDone> {
  const attempt = startAttempt(call, DEFAULT_MS);
  let target = "nats";
  try {
    const identity = readIdentity(config, call);
    target = identity.servers.join(",");
    const work = withConnection(identity, call, (connection) =>
      RUNS[config.operation]({ connection, config, signal: attempt.signal }),
    );
    return done(await orAborted(work, attempt));
  } catch (error) {
    const stopped = attempt.outcome();
    if (stopped !== undefined) return stopped;
    const info = natsError(error, target, config);
    return { status: info.kind === "timeout" ? "timeout" : "error", error: info };
  } finally {
    attempt.end();
  }
}

/** The library takes no signal: what it still answers after the end is not waited for. */
function orAborted<T>(work: Promise<T>, { signal }: Attempt): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    if (signal.aborted) onAbort();
    signal.addEventListener("abort", onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
  });
}
