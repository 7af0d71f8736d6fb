import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdir, mkdtemp, readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { type AddressInfo, createServer as createTcpServer } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import type { Installed } from "./installed.ts";

const EXAMPLES = fileURLToPath(new URL("../../examples/", import.meta.url));

const PLAYBOOK = `
apiVersion: noetl.io/v2
kind: Playbook
metadata: { name: kinds, path: e2e/kinds }
workload: { base: "" }
workflow:
  - step: start
    tool: { kind: shell, command: "echo shell" }
    next: { arcs: [{ step: web }] }
  - step: web
    tool: { kind: http, method: POST, url: "{{ workload.base }}/echo", json: { big: 12345678901234567890 } }
    next: { arcs: [{ step: script }] }
  - step: script
    input: { got: "{{ web.data.got }}" }
    tool:
      kind: python
      code: |
        import json
        result = {"big": str(int(json.loads(got)["big"]) + 1)}
    next: { arcs: [{ step: end }] }
  - step: end
    tool: { kind: noop, result: "{{ start.text }} {{ script.big }}" }
`;

/** What every form of the installed program must do; `installed` is asked for when a test runs. */
export function behavesLikeNoetl(kind: "bundle" | "binary", installed: () => Installed): void {
  test("--version --json names build, commit and runtime", async () => {
    const { stdout, stderr } = await installed().run(["--version", "--json"]);
    const said = JSON.parse(stdout) as Record<string, unknown>;
    assert.equal(said.build, kind);
    assert.equal((said.runtime as { name: string }).name, kind === "binary" ? "bun" : "node");
    assert.match(String(said.commit), /^([0-9a-f]{12})?$/);
    assert.equal(stderr, "");
  });

  test("an example runs as it does from source", async () => {
    const { stdout, code } = await installed().run(["run", join(EXAMPLES, "hello.yaml"), "--json"]);
    const outcome = JSON.parse(stdout) as { status: string; result: { guests: number } };
    assert.equal(outcome.status, "COMPLETED");
    assert.equal(outcome.result.guests, 3);
    assert.equal(code, 0);
  });

  test("shell, http and python steps work, and integers stay exact", async (t) => {
    const web = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify({ got: Buffer.concat(chunks).toString() }));
    }).listen(0, "127.0.0.1");
    await once(web, "listening");
    t.after(() => web.close());
    const file = join(installed().folder, "kinds.yaml");
    await writeFile(file, PLAYBOOK);
    const base = `base=http://127.0.0.1:${(web.address() as AddressInfo).port}`;
    const { stdout, stderr, code } = await installed().run(["run", file, "--set", base, "--json", "--quiet"]);
    assert.equal(code, 0, stderr);
    assert.equal((JSON.parse(stdout) as { result: string }).result, "shell 12345678901234567891");
  });

  test("a server and a worker start, run a playbook of the catalog, and stop", async (t) => {
    const { run } = installed();
    const port = String(await freePort());
    const env = { NOETL_HOME: join(installed().folder, "served"), NOETL_PORT: port };
    t.after(async () => {
      await run(["worker", "stop", "--name", "default"], { env });
      await run(["server", "stop"], { env });
    });
    const server = ["--host", "127.0.0.1", "--port", port];
    const started = await run(["server", "start", ...server], { env });
    assert.equal(started.code, 0, started.stderr);
    const worker = await run(["worker", "start", "--server-url", `http://127.0.0.1:${port}`], { env });
    assert.equal(worker.code, 0, `${worker.stderr}\n${await readLog(env.NOETL_HOME, "worker_default")}`);
    const registered = await run(["catalog", "register", join(EXAMPLES, "routing.yaml"), ...server], { env });
    assert.equal(registered.code, 0, registered.stderr);
    const executed = await run(["execute", "playbook", "examples/routing", "-w", "--json", ...server], { env });
    assert.equal(executed.code, 0, executed.stderr + executed.stdout);
    assert.match(executed.stdout, /"COMPLETED"/);
  });

  test("what lies in the current folder changes nothing", async () => {
    const cwd = await mkdtemp(join(installed().folder, "hostile-"));
    await writeFile(join(cwd, ".env"), "NOETL_HOME=/nowhere/at/all\nFORCE_COLOR=1\n");
    await writeFile(join(cwd, "bunfig.toml"), 'preload = ["./preload.js"]\n');
    await writeFile(join(cwd, "preload.js"), 'console.log("preloaded");');
    await writeFile(join(cwd, "tsconfig.json"), "{ broken");
    await mkdir(join(cwd, "node_modules"));
    const { stdout, stderr, code } = await installed().run(["runs", "--json"], { cwd });
    assert.equal(code, 0, stderr);
    assert.equal(stderr, "");
    assert.match(stdout, /^\{"schema":"noetl\.runs\/1"/);
  });

  test("errors keep their exit codes and have no stack", async () => {
    const missing = await installed().run(["run", "nix.yaml"]);
    assert.equal(missing.code, 3);
    assert.doesNotMatch(missing.stderr, /\n +at /);
    assert.equal((await installed().run(["docter"])).code, 127);
    assert.equal((await installed().run(["run", "--bogus"])).code, 2);
  });
}

const readLog = (home: string, name: string) => readFile(join(home, "logs", `${name}.log`), "utf8");

async function freePort(): Promise<number> {
  const server = createTcpServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
