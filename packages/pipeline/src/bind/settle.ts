import { isNoetlError } from "@noetl/core";
import { NeedBody } from "@noetl/scope";
import type { Call } from "../run/call.ts";
import { failure } from "../run/failure.ts";
import { NeedSecret } from "../secrets/need.ts";

/** Evaluates, fetching stored bodies and secrets that turn out to be needed, until it succeeds or throws. */
export async function settle<T>(call: Call, evaluate: () => T): Promise<Awaited<T>> {
  for (;;) {
    try {
      return await evaluate();
    } catch (error) {
      if (error instanceof NeedBody) await fetchBody(call, error.ref);
      else if (error instanceof NeedSecret) await call.secrets.fetch(error.secret);
      else throw error;
    }
  }
}

/** Brings a stored body into the call. Error kind `missing_reference` when it cannot be had (DSL §21.3). */
export async function fetchBody(call: Call, ref: string): Promise<void> {
  if (call.bodies.has(ref)) {
    throw failure("unknown", "REFERENCE_LOOP", `the body of ${ref} was fetched and is asked for again`);
  }
  try {
    call.bodies.set(ref, await call.host.getResult(ref));
  } catch (error) {
    const reason = isNoetlError(error) ? error.message : String(error);
    throw failure(
      "missing_reference",
      "REFERENCE_NOT_AVAILABLE",
      `the stored result ${ref} cannot be read: ${reason}`,
      {
        retryable: true,
        cause: error,
      },
    );
  }
}
