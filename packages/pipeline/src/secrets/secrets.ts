import { VIEW, type View } from "@noetl/template";
import type { Credential, TokenHost } from "@noetl/tools";
import { NeedSecret } from "./need.ts";

/** Secrets as one command sees them: the keychain of its playbook, credentials by name, tokens. */
export interface Secrets {
  readonly host: TokenHost;
  /** what templates see as `keychain` */
  readonly keychain: View;
  /** `token(name, audience)` of templates */
  token(name: string, audience?: string): string;
  /** Brings what a template asked for. Error kind `credential` when it cannot be had (decision 38). */
  fetch(secret: NeedSecret["secret"]): Promise<void>;
  /** A stored credential; its secret fields are masked everywhere from now on. */
  credential(name: string): Promise<Credential>;
  /** A bearer token made from a credential, or from the environment's own identity (`undefined`). */
  bearer(credential: Credential | undefined, options?: { audience?: string; scopes?: string[] }): Promise<string>;
}

/** A map whose entries arrive one at a time: asking for one that is not here asks for it to be fetched. */
export function pendingView<T>(known: Map<string, T>, names: () => string[], present: (value: T) => unknown): View {
  const need = (name: string): unknown => {
    if (!known.has(name)) throw new NeedSecret({ keychain: name });
    return present(known.get(name) as T);
  };
  const all = () => Object.fromEntries(names().map((name) => [name, need(name)]));
  return { [VIEW]: true, attribute: (key) => need(String(key)), native: all, sequence: all };
}
