import assert from "node:assert/strict";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { type TestContext, test } from "node:test";
import { openClient } from "../client.ts";

/** A server that sends every request on, or answers it; both remember the headers that came. */
async function server(t: TestContext, sendOn: (path: string) => string | undefined = () => undefined) {
  const seen: IncomingHttpHeaders[] = [];
  const http = createServer((request, response) => {
    seen.push(request.headers);
    const location = sendOn(request.url ?? "");
    if (location === undefined) response.end("[]");
    else response.writeHead(302, { location }).end();
  });
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  t.after(() => {
    http.closeAllConnections();
    http.close();
  });
  return { seen, url: `http://127.0.0.1:${(http.address() as AddressInfo).port}` };
}

const sessions = (seen: readonly IncomingHttpHeaders[]) =>
  seen.map(({ authorization, "x-session-token": session }) => [authorization, session]);

test("cli.md §8 #26: a session does not follow a redirect to another server", async (t) => {
  const other = await server(t);
  const own = await server(t, (path) => `${other.url}${path}`);
  await openClient({ url: own.url, token: "t0" }).executions.list({});
  assert.deepEqual(sessions(own.seen), [["Bearer t0", "t0"]]);
  assert.deepEqual(sessions(other.seen), [[undefined, undefined]]);
});

test("on the same server it does", async (t) => {
  const own = await server(t, (path) => (path.includes("moved") ? undefined : "/api/moved"));
  await openClient({ url: own.url, token: "t0" }).executions.list({});
  assert.deepEqual(sessions(own.seen), Array(2).fill(["Bearer t0", "t0"]));
});
