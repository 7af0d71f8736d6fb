import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { publishAll } from "./publish.ts";

const tarball = (name: string) => ({
  name,
  version: "1.0.0",
  path: "/nowhere.tgz",
  bytes: 1,
  integrity: `sha512-${name}`,
});
const packed = {
  platforms: [tarball("@noetl/cli-linux-x64")],
  wrapper: tarball("@noetl/cli"),
  sdk: tarball("@noetl/sdk"),
};

/** A registry that has these integrities. */
async function registry(integrities: Record<string, string>): Promise<{ url: string; asked: string[]; close(): void }> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const url = decodeURIComponent(request.url ?? "");
    asked.push(`${request.method} ${url}`);
    const integrity = integrities[url.slice(1)];
    if (url.includes("/-/")) response.end();
    else if (integrity) response.end(JSON.stringify({ versions: { "1.0.0": { dist: { integrity } } } }));
    else response.writeHead(404).end();
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/`, asked, close: () => server.close() };
}

test("what is there with the same content is left, platforms before the wrapper", async (t) => {
  const { url, asked, close } = await registry({
    "@noetl/cli-linux-x64": "sha512-@noetl/cli-linux-x64",
    "@noetl/cli": "sha512-@noetl/cli",
    "@noetl/sdk": "sha512-@noetl/sdk",
  });
  t.after(close);
  const said: string[] = [];
  await publishAll(packed, { url, npm: [], provenance: false, note: (text) => said.push(text) });
  assert.deepEqual(said, [
    "@noetl/cli-linux-x64@1.0.0 is there already",
    "@noetl/sdk@1.0.0 is there already",
    "@noetl/cli@1.0.0 is there already",
  ]);
  assert.deepEqual(asked, [
    "GET /@noetl/cli-linux-x64",
    "GET /@noetl/sdk",
    "GET /@noetl/cli-linux-x64/-/cli-linux-x64-1.0.0.tgz",
    "GET /@noetl/sdk/-/sdk-1.0.0.tgz",
    "GET /@noetl/cli",
    "GET /@noetl/cli/-/cli-1.0.0.tgz",
  ]);
});

test("a version that is published with other content stops everything", async (t) => {
  const { url, close } = await registry({ "@noetl/cli-linux-x64": "sha512-other" });
  t.after(close);
  await assert.rejects(publishAll(packed, { url, npm: [], provenance: false, note() {} }), /other content/);
});
