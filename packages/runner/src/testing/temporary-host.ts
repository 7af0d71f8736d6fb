import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { openHost } from "../host.ts";
import type { Host } from "../options.ts";

export interface TemporaryHost {
  host: Host;
  /** where it works, with these files in it */
  folder: string;
}

/** A host with a data folder of its own; both are gone after the test. */
export async function temporaryHost(t: TestContext, files: { [name: string]: string }): Promise<TemporaryHost> {
  const folder = await mkdtemp(join(tmpdir(), "noetl-runner-"));
  const env = { ...process.env, NOETL_HOME: join(folder, "data") };
  const host = await openHost({ env, workingDirectory: folder });
  t.after(async () => {
    await host.store.close();
    await rm(folder, { recursive: true, force: true });
  });
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  return { host, folder };
}
