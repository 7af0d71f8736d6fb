import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { configFolder } from "@noetl/sdk";
import { cli, temporaryFolder } from "@noetl/sdk/testing";
import * as store from "@noetl/store";
import type { Diagnosis } from "./doctor.ts";
import { checkNode } from "./machine.ts";

test("a fresh machine is healthy and looking makes nothing", async (t) => {
  const home = await temporaryFolder(t);
  const { stdout, code } = await cli(["doctor", "--json"], { home });
  const diagnosis = JSON.parse(stdout) as Diagnosis;
  assert.equal(code, 0);
  assert.equal(diagnosis.healthy, true);
  assert.match(diagnosis.checks.find(({ name }) => name === "data")?.detail ?? "", /made by the first run/);
});

test("a server that was asked for and does not answer fails, one that answers is ok", async (t) => {
  const home = await temporaryFolder(t);
  const server = createServer((_request, response) => response.end("{}")).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as AddressInfo;
  const up = await cli(["--host", "127.0.0.1", "--port", String(port), "doctor"], { home });
  assert.match(up.stdout, /ok +server .* answers 200/);
  await new Promise((resolve) => server.close(resolve));
  const down = await cli(["doctor", "--server-url", `http://127.0.0.1:${port}`], { home });
  assert.match(down.stdout, /FAIL +server .*cannot be reached/);
  assert.equal(down.code, 1);
});

test("a Node that is too old is said", () => {
  assert.equal(checkNode("v22.14.0").verdict, "fail");
  assert.equal(checkNode("v22.15.0").verdict, "ok");
  assert.equal(checkNode("v24.0.0").verdict, "ok");
});

test("the folder of settings is where the store looks too", async (t) => {
  const home = await temporaryFolder(t);
  for (const env of [
    {},
    { NOETL_HOME: "/n" },
    { XDG_CONFIG_HOME: "/c" },
    { XDG_CONFIG_HOME: "relative" },
    { HOME: join(home, "h") },
  ]) {
    assert.equal(configFolder(env, home), store.configFolder(env, home));
  }
});
