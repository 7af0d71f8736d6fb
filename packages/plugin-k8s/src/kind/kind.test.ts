import assert from "node:assert/strict";
import { createServer } from "node:net";
import { test } from "node:test";
import { readConfig } from "../config/index.ts";
import { kindConfig } from "./cluster.ts";
import { takenPorts } from "./taken.ts";

const config = (text: string) => readConfig({ file: "noetl.k8s.yaml", text });

test("the node ports of the configuration are on the ports of this machine it names", () => {
  const text = "kind: { name: lab, apiPort: 18082 }\nserver: { nodePort: 31082 }\nnats: { monitoringNodePort: null }\n";
  const { name, nodes } = kindConfig(config(text));
  assert.equal(name, "lab");
  assert.deepEqual(
    nodes.flatMap(({ extraPortMappings }) => extraPortMappings.map((each) => [each.containerPort, each.hostPort])),
    [
      [31_082, 18_082],
      [30_321, 54_321],
      [30_422, 30_422],
    ],
  );
});

test("a port somebody has is known before kind begins", async (t) => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => server.close());
  const address = server.address();
  assert.ok(typeof address === "object" && address !== null);
  const text = `kind: { apiPort: ${address.port} }\ndatabase: { nodePort: null }\nnats: { mode: none }\n`;
  assert.deepEqual(await takenPorts(kindConfig(config(text))), [address.port]);
});
