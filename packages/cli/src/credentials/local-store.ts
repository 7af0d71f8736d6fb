import { NoetlError } from "@noetl/core";
import { nearest } from "@noetl/sdk";
import { type Credentials, dataFolder, openSqliteStore, type Store } from "@noetl/store";

type Environment = { readonly [name: string]: string | undefined };

/** Works on the store of this machine and closes it. */
export async function withStore<T>(env: Environment, work: (store: Store) => Promise<T>): Promise<T> {
  const store = await openSqliteStore({ folder: dataFolder(env), env });
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

/** Works on the encrypted credentials of this machine (decision 17). */
export function withCredentials<T>(env: Environment, work: (credentials: Credentials) => Promise<T>): Promise<T> {
  return withStore(env, ({ credentials }) => work(credentials));
}

/** `where`: "on this machine", "on URL". `known`: names that may have been meant. */
export function unknownCredential(name: string, where: string, known: readonly string[] = []): NoetlError {
  const meant = nearest(name, known);
  return new NoetlError("not_found", "CREDENTIAL_NOT_FOUND", `there is no credential '${name}' ${where}`, {
    hint: meant === undefined ? "noetl credential list shows those there are" : `did you mean '${meant}'?`,
  });
}
