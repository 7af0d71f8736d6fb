import { type Clock, isNoetlError } from "@noetl/core";
import type { Credential } from "@noetl/tools";
import { secretValues } from "@noetl/tools";
import { CallFailure, errorInfo } from "../run/failure.ts";
import type { Vault } from "./vault.ts";

/** How long a credential is kept, in ms (worker-and-tools §10.2). */
const KEPT = 300_000;
/** Waits before the second and the third attempt, in ms. */
const DELAYS = [500, 1_500];

export interface CredentialSource {
  clock: Clock;
  credential(name: string): Promise<Credential>;
}

/** A credential by name; kept for a while per execution, its secrets masked before anyone sees them. */
export function credentialOf(
  vault: Vault,
  source: CredentialSource,
  execution: string,
  name: string,
): Promise<Credential> {
  const now = source.clock.now();
  return vault.lease(`credential\0${execution}\0${name}`, { now }, async () => {
    const value = await persistently(source.clock, `credential '${name}'`, () => source.credential(name));
    vault.redactor.add(secretValues(value.data));
    return { value, expires_at: now + KEPT };
  });
}

/**
 * What may work later is tried three times; then, and at once for all else, it is an error of kind `credential`
 * (decision 38, DSL §9.2).
 */
export async function persistently<T>(clock: Clock, what: string, work: () => Promise<T>): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (error instanceof CallFailure && error.info.kind === "credential") throw error;
      const transient = isNoetlError(error) && ["unavailable", "timeout", "retryable"].includes(error.meaning);
      const delay = DELAYS[attempt];
      if (!transient || delay === undefined) throw credentialError(what, error);
      await clock.sleep(delay);
    }
  }
}

export function credentialError(what: string, error: unknown): CallFailure {
  const { code, message, recovery } = errorInfo(error);
  const told = message.includes(what) ? message : `${what}: ${message}`;
  return new CallFailure(
    {
      kind: "credential",
      retryable: false,
      code: code === undefined || code === "UNKNOWN" ? "CREDENTIAL_UNRESOLVED" : code,
      message: told,
      ...(recovery === undefined ? {} : { recovery }),
    },
    error,
  );
}
