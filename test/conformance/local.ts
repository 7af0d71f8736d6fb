import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openHost, runPlaybook } from "@noetl/runner";
import { FIXTURES } from "./corpus.ts";
import type { World } from "./services.ts";
import { ranOf, type Subject } from "./subject.ts";

/** `noetl run FILE`, credentials from the environment. */
export async function localSubject(world: World): Promise<Subject> {
  const folder = await mkdtemp(join(tmpdir(), "noetl-conformance-"));
  const env: NodeJS.ProcessEnv = { ...process.env, ...world.env, NOETL_HOME: folder };
  for (const { name, type, data } of world.credentials)
    env[`NOETL_CREDENTIAL_${name.toUpperCase()}`] = JSON.stringify({ type, data });
  const host = await openHost({ env, workingDirectory: folder });
  return {
    name: "local",
    async run({ file, payload }) {
      const { execution_id } = await runPlaybook(host, { file: join(FIXTURES, file), payload });
      return ranOf(host, execution_id);
    },
    async close() {
      await host.store.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
