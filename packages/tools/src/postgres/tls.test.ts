import assert from "node:assert/strict";
import { test } from "node:test";
import type { JsonObject } from "@noetl/core";
import { selfSigned } from "../../../../test/services/certificate.ts";
import { startPostgres } from "../../../../test/services/postgres.ts";
import { testHost } from "../testing/call.ts";
import { doneOf } from "../testing/outcome.ts";
import { postgresTool } from "./tool.ts";

test("sslmode decides about TLS and about what is checked", async () => {
  const certificate = selfSigned();
  const server = await startPostgres({ tls: certificate });
  const host = testHost();
  const command = "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()";
  const run = async (config: JsonObject) => {
    const { host: address, port, user, password, database } = server;
    const given = { command, host: address, port, user, password, database, ...config };
    const { data, error } = await doneOf(postgresTool.execute(host.call(given)));
    return error?.code ?? (data as { rows: JsonObject[] }).rows[0]?.ssl;
  };
  try {
    assert.equal(await run({}), false);
    assert.equal(await run({ sslmode: "disable" }), false);
    assert.equal(await run({ sslmode: "prefer" }), true);
    assert.equal(await run({ sslmode: "require" }), true);
    assert.equal(await run({ sslmode: "verify-full" }), "CONN_TLS");
    assert.equal(await run({ sslmode: "verify-full", sslrootcert: certificate.cert }), true);
    assert.equal(await run({ sslmode: "verify-ca", sslrootcert: selfSigned().cert }), "CONN_TLS");
    assert.equal(await run({ sslmode: "verify-ca", sslrootcert: certificate.cert }), true);
    assert.equal(await run({ connection_string: `${server.url}?sslmode=require` }), true);
  } finally {
    await host.close();
    await server.stop();
  }
});
