import { type Host, openHost } from "@noetl/runner";

/** Works on the runs of this machine and closes the store. */
export async function withHost<T>(
  env: { readonly [name: string]: string | undefined },
  work: (host: Host) => Promise<T>,
): Promise<T> {
  const host = await openHost({ env, workingDirectory: process.cwd() });
  try {
    return await work(host);
  } finally {
    await host.store.close();
  }
}
