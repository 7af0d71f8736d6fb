import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { platformHere } from "../../scripts/platforms.ts";
import { behavesLikeNoetl } from "./behaviour.ts";
import { type Installed, installPacked, noBinary } from "./installed.ts";
import { behavesWithServices } from "./services-behaviour.ts";

const reason = await noBinary();
if (reason) test("the binary", { skip: reason }, () => {});
else {
  let installed: Installed;
  before(async () => {
    installed = await installPacked({ withBinary: true });
  });
  after(() => installed?.remove());

  behavesLikeNoetl("binary", () => installed);
  behavesWithServices(() => installed);

  test("the wrapper asks for exactly this platform, by version and by checksum", async () => {
    const folder = join(installed.folder, "app", "node_modules", "@noetl");
    const wrapper = JSON.parse(await readFile(join(folder, "cli", "package.json"), "utf8"));
    const name = platformHere()?.name ?? "";
    const platform = JSON.parse(await readFile(join(folder, `cli-${name}`, "package.json"), "utf8"));
    assert.deepEqual(wrapper.optionalDependencies, { [platform.name]: platform.version });
    assert.match(wrapper.noetl.binaries[name], /^[0-9a-f]{64}$/);
    assert.equal(platform.preferUnplugged, true);
    assert.deepEqual([platform.os, platform.cpu], [[process.platform], [process.arch]]);
  });

  test("doctor says which way it runs", async () => {
    const { stdout } = await installed.run(["doctor"]);
    assert.match(stdout, /program +binary \S+ .* on bun \S+: \S+noetl, which replaced \S+noetl\.js/);
    const js = await installed.run(["doctor"], { env: { NOETL_RUNTIME: "js" } });
    assert.match(js.stdout, /program +bundle \S+ .* on node/);
  });

  test("called as ntl it says so", { skip: process.platform === "win32" && "no links" }, async () => {
    const ntl = join(installed.folder, "ntl");
    await symlink(installed.binary ?? "", ntl);
    const child = spawn(ntl, ["run", "--help"], { stdio: ["ignore", "pipe", "inherit"] });
    let help = "";
    for await (const chunk of child.stdout) help += chunk;
    assert.match(help, /\$ ntl run/);
  });

  test("it ends when the shim that waits for it is killed", { skip: process.platform === "win32" }, async () => {
    const file = join(installed.folder, "slow.yaml");
    const pidFile = join(installed.folder, "pid");
    await writeFile(
      file,
      `apiVersion: noetl.io/v2\nkind: Playbook\nmetadata: { name: slow, path: e2e/slow }\nworkflow:\n  - step: start\n    tool: { kind: shell, command: "echo $PPID > ${pidFile}; exec sleep 60" }\n`,
    );
    const preload = join(installed.folder, "without-execve.cjs");
    await writeFile(preload, "process.execve = undefined;");
    const child = installed.start(["run", file], { env: { NODE_OPTIONS: `--require ${preload}` } });
    const pid = Number(await eventually(async () => (await readFile(pidFile, "utf8")).trim()));
    child.kill("SIGKILL");
    await once(child, "exit");
    await eventually(async () => {
      if (isAlive(pid)) throw new Error(`${pid} is still there`);
      return "gone";
    });
  });

  test("setup --link puts the binary in the place of the shim", { skip: process.platform === "win32" }, async () => {
    const { run, binary = "", noetl } = installed;
    const { stdout, code, stderr } = await run(["setup", "--link"]);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /is the binary now \((hard link|copy) of /);
    const child = spawn(noetl, ["--version", "--json"], { stdio: ["ignore", "pipe", "inherit"] });
    let said = "";
    for await (const chunk of child.stdout) said += chunk;
    assert.equal((JSON.parse(said) as { build: string }).build, "binary");
    assert.equal((await stat(noetl)).size, (await stat(binary)).size);
  });
}

async function eventually(look: () => Promise<string>): Promise<string> {
  for (let tries = 0; ; tries++) {
    try {
      const found = await look();
      if (found !== "") return found;
    } catch (error) {
      if (tries > 200) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return false;
    throw error;
  }
}
