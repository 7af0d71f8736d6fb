import { openClient } from "@noetl/client";

/** Asks a server of the older generation to make its tables, once it answers (cli §4.5.1, 7). */
export async function initDatabase(url: string): Promise<void> {
  await openClient({ url, gateway: false }).request("db/init", { method: "POST", body: {} });
}
