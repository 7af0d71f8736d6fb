import type { Peer, PeerOptions } from "./peer.ts";
import type { DBOS as Dbos } from "./types.ts";

/** A workflow of three steps that do nothing, in the process that asks for it: DBOS is a library. */
export async function dbos({ require, url }: PeerOptions): Promise<Peer> {
  const { DBOS } = require("@dbos-inc/dbos-sdk") as { DBOS: Dbos };
  DBOS.setConfig({ name: "bench", systemDatabaseUrl: url, runAdminServer: false, logLevel: "error" });
  const workflow = DBOS.registerWorkflow(
    async () => {
      for (const name of ["a", "b", "c"]) await DBOS.runStep(async () => 1, { name });
    },
    { name: "three" },
  );
  await DBOS.launch();
  return { one: () => workflow(), close: () => DBOS.shutdown() };
}
