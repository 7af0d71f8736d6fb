import { NoetlError } from "@noetl/core";
import { kubectlFailure } from "../cluster/failure.ts";
import type { Kubectl } from "../cluster/kubectl.ts";

export interface ForwardTarget {
  /** `svc/postgres` */
  target: string;
  namespace: string;
  port: number;
}

/**
 * Makes a port of the cluster reachable while `work` runs, on a free port of this machine that kubectl chooses (no fixed
 * one: two people, two clusters). Meanings as of `kubectl`.
 */
export async function withForward<T>(
  kubectl: Kubectl,
  { target, namespace, port }: ForwardTarget,
  work: (localPort: number) => Promise<T>,
): Promise<T> {
  const args = ["port-forward", target, `:${port}`, "-n", namespace, "--address", "127.0.0.1"];
  const done = new AbortController();
  const opened = Promise.withResolvers<number>();
  const forwarding = kubectl
    .attempt(args, {
      signal: done.signal,
      onLine(line) {
        const local = /^Forwarding from 127\.0\.0\.1:(\d+) ->/.exec(line)?.[1];
        if (local !== undefined) opened.resolve(Number(local));
      },
    })
    .then((ended) => {
      if (!done.signal.aborted) opened.reject(kubectlFailure(kubectl.argv(args), ended, kubectl.context));
    })
    .catch((error: unknown) => opened.reject(error));
  try {
    return await work(await opened.promise);
  } finally {
    done.abort();
    await forwarding;
  }
}

/** One that a person asked for: until Ctrl-C, and opened again when it breaks off, as it does with long use (§11). */
export async function keepForward(
  kubectl: Kubectl,
  { target, namespace, port }: ForwardTarget,
  {
    localPort,
    address,
    signal,
    onLine,
    note,
  }: {
    localPort: number;
    address: string;
    signal: AbortSignal;
    onLine(line: string): void;
    note(text: string): void;
  },
): Promise<void> {
  const args = ["port-forward", target, `${localPort}:${port}`, "-n", namespace, "--address", address];
  let opened = false;
  while (!signal.aborted) {
    let nowOpen = false;
    const ended = await kubectl.attempt(args, {
      forget: true,
      onLine(line, from) {
        if (/^Forwarding from/.test(line)) {
          nowOpen = true;
          if (!opened) onLine(line);
          opened = true;
        } else if (from === "stderr") note(line);
      },
    });
    if (!nowOpen) {
      throw opened
        ? new NoetlError("unavailable", "FORWARD_ENDED", `${target} cannot be reached any more`, {
            hint: `noetl k8s status --context ${kubectl.context}`,
          })
        : kubectlFailure(kubectl.argv(args), ended, kubectl.context);
    }
    if (!signal.aborted) note("it broke off; opening it again");
  }
}
