import type { Json } from "@noetl/core";
import { isObject } from "@noetl/core";
import type { Playbook, Step } from "../model.ts";

export interface CredentialUse {
  /** a name, or the template that gives one */
  name: string;
  step: string;
}

/** Credentials by name that a playbook asks for, in every form of `auth` (DSL §9.2). */
export function credentialsOf(playbook: Playbook, steps: readonly Step[]): CredentialUse[] {
  const uses: CredentialUse[] = [];
  for (const entry of playbook.keychain) {
    const names = [
      entry.config.auth,
      entry.config.credential,
      entry.config.ref,
      entry.config.service_account_credential,
    ];
    for (const name of names.flatMap((value) => namesIn(value))) uses.push({ name, step: "" });
  }
  for (const step of steps) {
    const source = step.loop?.source;
    const found = step.tasks.flatMap((task) => [
      ...namesIn(task.auth),
      // both ends of a transfer have their own
      ...["source", "target", "script"].flatMap((key) => {
        const part = task.config[key];
        return isObject(part)
          ? [...namesIn(part.auth as Json | undefined), ...nested(part.source as Json | undefined)]
          : [];
      }),
      ...storeCredential(task.output?.store),
    ]);
    if (source !== undefined && "cursor" in source) found.push(...namesIn(source.cursor.auth));
    found.push(...storeCredential(step.output?.store));
    for (const name of found) uses.push({ name, step: step.step });
  }
  return uses;
}

function nested(source: Json | undefined): string[] {
  return isObject(source) ? namesIn(source.auth as Json | undefined) : [];
}

function storeCredential(store: { [key: string]: Json } | undefined): string[] {
  return typeof store?.credential === "string" ? [store.credential] : [];
}

function namesIn(auth: Json | undefined): string[] {
  if (typeof auth === "string") return auth.trim() === "" ? [] : [auth];
  if (!isObject(auth)) return [];
  const direct = [auth.credential, auth.key].find((name) => typeof name === "string");
  if (typeof direct === "string" && auth.type !== "api_key") return [direct];
  if (auth.type !== undefined || auth.provider !== undefined || auth.source !== undefined) {
    return typeof auth.credential === "string" ? [auth.credential] : [];
  }
  return Object.values(auth).flatMap((part) => (isObject(part) ? namesIn(part as Json) : []));
}
