import { NoetlError } from "@noetl/core";
import { nearest } from "@noetl/sdk";
import { type Credentials, dataFolder, openSqliteStore } from "@noetl/store";

/** Works on the encrypted credentials of this machine (decision 17) and closes the store. */
export async function withCredentials<T>(
  env: { readonly [name: string]: string | undefined },
  work: (credentials: Credentials) => Promise<T>,
): Promise<T> {
  const store = await openSqliteStore({ folder: dataFolder(env), env });
  try {
    return await work(store.credentials);
  } finally {
    await store.close();
  }
}

/** `where`: "on this machine", "on URL". `known`: names that may have been meant. */
export function unknownCredential(name: string, where: string, known: readonly string[] = []): NoetlError {
  const meant = nearest(name, known);
  return new NoetlError("not_found", "CREDENTIAL_NOT_FOUND", `there is no credential '${name}' ${where}`, {
    hint: meant === undefined ? "noetl credential list shows those there are" : `did you mean '${meant}'?`,
  });
}
