import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { cli, temporaryFolder } from "@noetl/sdk/testing";
import { echoTool, playbookWith, writePlugin } from "./testing/plugin.ts";

test("server and worker know the tools of plugins", async (t) => {
  const home = await temporaryFolder(t);
  const run = (...args: string[]) => cli(args, { home });
  const manifest = { tools: { far_echo: { file: "./echo.js" } } };
  const folder = await writePlugin(home, { name: "far", manifest, files: { "echo.js": echoTool("far_echo") } });
  assert.equal((await run("plugins", "link", folder)).code, 0);
  await writeFile(join(home, "echo.yaml"), playbookWith("far_echo"));

  const port = String(await freePort());
  const started = await run("server", "start", "--port", port, "--init-db", "--with-worker");
  assert.equal(started.code, 0, started.stderr);
  try {
    const registered = await run("register", "playbook", "echo.yaml", "--port", port);
    assert.equal(registered.code, 0, registered.stderr);
    const { stdout, stderr, code } = await run("execute", "playbook", "test/echo", "--port", port, "--wait", "--json");
    assert.equal(code, 0, stderr);
    assert.deepEqual(JSON.parse(stdout).result, { said: "hi" });
  } finally {
    await run("server", "stop", "--port", port);
  }
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
