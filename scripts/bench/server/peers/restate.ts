import { createServer } from "node:http2";
import type { AddressInfo } from "node:net";
import { freePort, spawnGuarded } from "../../../../test/services/guarded.ts";
import type { Peer, PeerOptions } from "./peer.ts";
import type { RestateSdk } from "./types.ts";

const START_MS = 60_000;

/** Asks until the answer is good; throws what the server said when it ends or takes too long. */
async function answered(url: string, said: () => string, ended: () => boolean): Promise<void> {
  const until = performance.now() + START_MS;
  for (;;) {
    const good = await fetch(url).then(
      ({ ok }) => ok,
      () => false,
    );
    if (good) return;
    if (ended() || performance.now() > until) throw new Error(`no answer of ${url}: ${said()}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** One node with its defaults (its log is synced), on loopback ports of its own; sends nothing home. */
async function startServer({ require, folder }: PeerOptions) {
  const program = require.resolve(`@restatedev/restate-server-${process.platform}-${process.arch}/bin/restate-server`);
  const [ingress, admin, fabric] = [await freePort(), await freePort(), await freePort()];
  const { child, stop } = spawnGuarded(program, ["--no-logo", "--node-name", "bench", "--base-dir", folder], {
    signal: "KILL",
    folder,
    env: {
      PATH: process.env.PATH,
      RESTATE_LISTEN_MODE: "tcp",
      RESTATE_BIND_ADDRESS: `127.0.0.1:${fabric}`,
      RESTATE_INGRESS__BIND_ADDRESS: `127.0.0.1:${ingress}`,
      RESTATE_ADMIN__BIND_ADDRESS: `127.0.0.1:${admin}`,
      RESTATE_DISABLE_TELEMETRY: "true",
      DO_NOT_TRACK: "1",
      RUST_LOG: "error",
    },
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on("data", (part: Buffer) => {
      said = (said + part.toString()).slice(-2_000);
    });
  }
  const gone = () => child.exitCode !== null || child.signalCode !== null;
  const urls = { ingress: `http://127.0.0.1:${ingress}`, admin: `http://127.0.0.1:${admin}` };
  try {
    await answered(`${urls.admin}/health`, () => said, gone);
    await answered(`${urls.ingress}/restate/health`, () => said, gone);
  } catch (error) {
    await stop();
    throw error;
  }
  return { ...urls, stop };
}

/** A workflow of three steps that do nothing, asked for over HTTP; its service runs in the process that asks. */
export async function restate(options: PeerOptions): Promise<Peer> {
  const sdk = options.require("@restatedev/restate-sdk") as RestateSdk;
  const service = sdk.workflow({
    name: "three",
    handlers: {
      async run(context) {
        let last = 0;
        for (const name of ["a", "b", "c"]) last = await context.run(name, async () => 1);
        return last;
      },
    },
  });
  const endpoint = createServer(sdk.createEndpointHandler({ services: [service], logger: () => {} }) as never);
  await new Promise<void>((resolve) => endpoint.listen(0, "127.0.0.1", resolve));
  const { port } = endpoint.address() as AddressInfo;
  const server = await startServer(options);
  const response = await fetch(`${server.admin}/deployments`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ uri: `http://127.0.0.1:${port}` }),
  });
  if (!response.ok) throw new Error(`restate does not take the deployment: ${await response.text()}`);
  let last = 0;
  return {
    async one() {
      const answer = await fetch(`${server.ingress}/three/${++last}/run`, { method: "POST" });
      const text = await answer.text();
      if (!answer.ok || text !== "1") throw new Error(`the workflow ended with ${answer.status} ${text}`);
    },
    async close() {
      await server.stop();
      endpoint.close();
    },
  };
}
