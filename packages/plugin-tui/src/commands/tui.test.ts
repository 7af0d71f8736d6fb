import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { answeringServer, cli, temporaryFolder } from "@noetl/sdk/testing";
import { FLOW } from "../testing/state.ts";
import { isAsciiOnly } from "./terminal.ts";

test("cli.md §8 #5: where there is no terminal the executions, or one of them, are printed once", async (t) => {
  const home = await temporaryFolder(t);
  await writeFile(join(home, "flow.yaml"), FLOW);
  const ran = await cli(["run", "flow.yaml", "--json"], { home });
  const { execution_id: id } = JSON.parse(ran.stdout) as { execution_id: string };
  const all = await cli(["tui", "--local"], { home });
  assert.equal(all.code, 0, all.stderr);
  assert.match(all.stdout, new RegExp(`^EXECUTION .*\n${id} +COMPLETED +t/flow .*\n1 execution\n$`));
  const one = await cli(["tui", id.slice(-6), "--local"], { home });
  assert.equal(one.code, 0, one.stderr);
  assert.match(
    one.stdout,
    new RegExp(`^${id} {2}COMPLETED {2}t/flow.*\n.*STEP.*\n +start +COMPLETED\n +left +COMPLETED +3/3 items\n`),
  );
  assert.ok(!`${all.stdout}${one.stdout}`.includes("\u001b"));
  const document = JSON.parse((await cli(["tui", id, "--local", "--json"], { home })).stdout) as {
    executions: { steps: { step: string }[] }[];
  };
  assert.deepEqual(
    document.executions[0]?.steps.map(({ step }) => step),
    ["start", "left", "right", "end"],
  );
});

test("which executions: those of the server that was named, else of this machine; contradictions are refused", async (t) => {
  const home = await temporaryFolder(t);
  const server = await answeringServer(t, {
    "GET /api/executions": [200, [{ execution_id: "77", path: "far/away", status: "RUNNING" }]],
  });
  const remote = await cli(["tui", "--server-url", server.url], { home });
  assert.match(remote.stdout, /^EXECUTION.*\n77 +RUNNING +far\/away/);
  const both = await cli(["tui", "--server-url", server.url, "--local"], { home });
  assert.equal(both.code, 2);
  const local = await cli(["tui", "--local"], { home, env: { NOETL_SERVER_URL: server.url } });
  assert.match(local.stdout, /^0 executions/);
  const away = await cli(["tui", "--server-url", "http://127.0.0.1:1"], { home });
  assert.equal(away.code, 4);
  const unknown = await cli(["tui", "nothing.yaml"], { home });
  assert.equal(unknown.code, 3);
  assert.match(unknown.stderr, /neither a playbook file nor the id/);
});

test("cli.md §8 #38: the runs of this machine need no configuration, not even a whole one", async (t) => {
  const home = await temporaryFolder(t);
  const env = { NOETL_CONFIG: join(home, "config.yaml") };
  await writeFile(env.NOETL_CONFIG, "contexts: [");
  const local = await cli(["tui", "--local"], { home, env });
  assert.equal(local.code, 0, local.stderr);
  assert.match(local.stdout, /^0 executions/);
  const asking = await cli(["tui"], { home, env });
  assert.equal(asking.code, 2);
  assert.match(asking.stderr, /config\.yaml/);
});

test("ASCII only where a locale or the Linux console says so", () => {
  assert.equal(isAsciiOnly({}), false);
  assert.equal(isAsciiOnly({ LANG: "en_US.UTF-8" }), false);
  assert.equal(isAsciiOnly({ LANG: "C" }), true);
  assert.equal(isAsciiOnly({ LC_ALL: "C.utf8", LANG: "C" }), false);
  assert.equal(isAsciiOnly({ TERM: "linux", LANG: "C.UTF-8" }), true);
});
