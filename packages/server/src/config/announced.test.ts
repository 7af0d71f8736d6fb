import assert from "node:assert/strict";
import { it } from "node:test";
import { startServer } from "../testing/kit.ts";
import { serverConfig } from "./config.ts";

it("workers of a broker are told where the server listens, also when the port was any", async () => {
  assert.equal(serverConfig({}, { bus: "broker", port: 8090 }).publicUrl, "http://localhost:8090");
  assert.equal(serverConfig({ NOETL_SERVER_URL: "http://noetl:1" }, { bus: "broker" }).publicUrl, "http://noetl:1");
  assert.equal(serverConfig({}, { bus: "broker", port: 0 }).publicUrl, undefined);
  const server = await startServer({ config: { bus: "broker" } });
  assert.equal(server.server.context.config.publicUrl, `http://localhost:${new URL(server.url).port}`);
  await server.close();
});
