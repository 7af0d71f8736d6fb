import { isNoetlError, type JsonObject, type Meaning, NoetlError } from "@noetl/core";
import type { Command } from "@noetl/engine";
import { templateCache } from "@noetl/scope";
import type { Credential } from "@noetl/tools";
import { CallFailure } from "../run/failure.ts";
import { openSecrets, type SecretHost } from "./open.ts";
import { createRedactor } from "./redactor.ts";
import { createVault, type Vault } from "./vault.ts";

/** A keychain entry in the form of a credential, and until when it is good, in ms since 1970. */
export interface ResolvedEntry extends Credential {
  data: JsonObject;
  expires_at: number;
}

/**
 * One entry of a playbook's keychain, outside of any command: for servers that are asked for it by name (server-api §2.10). It is what
 * a command of the run would get. Meanings: `not_found`, `auth`, `validation` for ever, `unavailable` for now.
 */
export async function resolveKeychainEntry(
  run: Pick<Command, "execution_id" | "keychain" | "context">,
  host: SecretHost,
  name: string,
): Promise<ResolvedEntry> {
  const redactor = createRedactor();
  let expires_at = Number.POSITIVE_INFINITY;
  const inner = createVault(redactor);
  const vault: Vault = {
    redactor,
    lease: (key, options, load) =>
      inner.lease(key, options, async () => {
        const lease = await load();
        // A stored credential is kept for a while, but does not end: what was made from it may live longer.
        if (!key.startsWith("credential\0")) expires_at = Math.min(expires_at, lease.expires_at);
        return lease;
      }),
  };
  const shared = { templates: templateCache(), redactor, vault };
  try {
    const { type, data } = await openSecrets({ command: run, host, shared, bodies: new Map() }).entry(name);
    return { name, type, data, expires_at };
  } catch (error) {
    if (error instanceof CallFailure) throw meant(error, redactor.text);
    throw error;
  }
}

/** What commands report as an error of the call, a server answers as an error of its own. */
function meant({ info, cause }: CallFailure, redact: (text: string) => string): NoetlError {
  const own: Meaning = /NOT_FOUND$/.test(info.code ?? "") ? "not_found" : "validation";
  const meaning = isNoetlError(cause) ? cause.meaning : own;
  return new NoetlError(meaning, info.code ?? "CREDENTIAL_UNRESOLVED", redact(info.message), {
    ...(info.recovery === undefined ? {} : { hint: redact(info.recovery) }),
    ...(cause instanceof Error ? { cause } : {}),
  });
}
