import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { pathToFileURL } from "node:url";
import { control } from "../../packages/plugin-process/src/testing/control.ts";
import { openTui, temporaryFolder, tmuxOrSkip } from "./noetl-tui.ts";
import { BROKEN, GATED, ORDERS } from "./playbooks.ts";

/** A server with one playbook. */
async function server(t: TestContext, path: string, text: string) {
  const made = await control(t, "embedded");
  await made.register(path, text);
  return made;
}

/** A line to a port that can be cut and mended. */
async function openLine(t: TestContext, port: number) {
  const open = new Set<Socket>();
  const listener = createServer((near) => {
    const far = connect(port, "127.0.0.1");
    for (const socket of [near, far]) {
      open.add(socket);
      socket.once("close", () => open.delete(socket));
      socket.on("error", () => {});
    }
    near.pipe(far).pipe(near);
  });
  const mend = (at: number) => new Promise<void>((resolve) => listener.listen(at, "127.0.0.1", resolve));
  const cut = () => {
    const closed = new Promise<void>((resolve) => listener.close(() => resolve()));
    for (const socket of open) socket.destroy();
    return closed;
  };
  await mend(0);
  const own = (listener.address() as AddressInfo).port;
  t.after(() => (listener.listening ? cut() : undefined));
  return { url: `http://127.0.0.1:${own}`, cut, mend: () => mend(own) };
}

// They mostly wait for their terminals.
describe("behaviour", { concurrency: 3 }, () => {
  const ENDS = [
    { by: "q", code: 0, end: "key q" },
    { by: "C-c", code: 130, end: "key Ctrl-C" },
    { by: "SIGTERM", code: 130, end: "signal" },
    { by: "SIGHUP", code: 130, end: "signal" },
    { by: "SIGINT", code: 130, end: "signal" },
  ] as const;

  test("cli.md §8 #40, §9.15: whatever ends it, the terminal is as it was: screen, cursor, line mode, echo", async (t) => {
    const tmux = tmuxOrSkip(t);
    if (tmux === undefined) return;
    const { url } = await server(t, "shop/orders", ORDERS);
    const home = await temporaryFolder(t);
    const ended = ENDS.map(async ({ by, code, end }) => {
      const tui = await openTui(t, { tmux, home, args: ["--server-url", url] });
      await tui.until(/no executions yet/);
      assert.deepEqual(await tui.modes(), { alternate: true, cursor: false });
      if (end === "signal") process.kill(await tui.child(), by);
      else await tui.press(by);
      const lines = await tui.until(/ended \d+\n.*icanon/);
      assert.equal(lines[0], `ended ${code}`, by);
      assert.equal(lines[1], "icanon echo", by);
      assert.deepEqual(await tui.modes(), { alternate: false, cursor: true }, by);
    });
    await Promise.all(ended);
  });

  test("Ctrl-Z gives the terminal to the shell, and fg draws it again in the size it has then", async (t) => {
    const tmux = tmuxOrSkip(t);
    if (tmux === undefined) return;
    const { url, start, ended } = await server(t, "shop/orders", ORDERS);
    await ended(await start("shop/orders"));
    const home = await temporaryFolder(t);
    const tui = await openTui(t, { tmux, home, args: ["--server-url", url], shell: true });
    await tui.until(/1 execution\b/);
    await tui.press("C-z");
    await tui.until(/Stopped/, /1 execution\b/);
    assert.deepEqual(await tui.modes(), { alternate: false, cursor: true });
    await tui.type("stty -a | grep -c -- '-icanon\\|-echo\\b'");
    await tui.press("Enter");
    await tui.until(/^0$/m);
    await tui.resize(100, 20);
    await tui.type("fg");
    await tui.press("Enter");
    const back = await tui.until(/1 execution\b/, /Stopped/);
    assert.deepEqual(await tui.modes(), { alternate: true, cursor: false });
    assert.ok(back[0]?.endsWith("live") && back[0].length === 100, back.join("\n"));
    assert.match(back[19] ?? "", /q quit$/);
    await tui.press("Enter");
    await tui.until(/\[1 graph\]/);
    await tui.press("q");
    await tui.until(/Stopped/, /graph/);
  });

  test("a run lights up as it goes: loop counts, then the end; a running one is cancelled after a question", async (t) => {
    const tmux = tmuxOrSkip(t);
    if (tmux === undefined) return;
    const { url, start } = await server(t, "shop/gated", GATED);
    const folder = await temporaryFolder(t);
    const id = await start("shop/gated", { folder });
    const tui = await openTui(t, { tmux, home: folder, args: [id, "--server-url", url], rows: 40 });
    await tui.until(/● 0\/3/);
    await writeFile(join(folder, "go-1"), "");
    await tui.until(/● 1\/3.*· *│/s);
    await writeFile(join(folder, "go-2"), "");
    await writeFile(join(folder, "go-3"), "");
    await tui.until(/✓ COMPLETED.*✓ 3\/3/s, /·/);
    const other = await start("shop/gated", { folder, gates: [4] });
    await tui.press("e");
    await tui.until(new RegExp(`> ● RUNNING .*${other}`));
    await tui.press("c");
    await tui.until(/Cancel execution …\d{6}\? y\/n/);
    await tui.press("n");
    await tui.until(/nothing was done/);
    await tui.press("c", "y");
    await tui.until(new RegExp(`■ CANCELLED .*${other}`));
  });

  test("lists are narrowed by words and status; playbooks are run from here, with a workload, and again", async (t) => {
    const tmux = tmuxOrSkip(t);
    if (tmux === undefined) return;
    const { url, register, start, ended } = await server(t, "shop/orders", ORDERS);
    await register("shop/broken", BROKEN);
    await ended(await start("shop/orders"));
    await ended(await start("shop/broken"));
    const home = await temporaryFolder(t);
    const tui = await openTui(t, { tmux, home, args: ["--server-url", url] });
    await tui.until(/2 executions/);
    await tui.press("/");
    await tui.type("broken");
    await tui.until(/1 of 2 executions, like 'broken'/, /shop\/orders/);
    await tui.press("Enter", "Escape", "f", "f");
    await tui.until(/1 of 2 executions, only failed/, /shop\/orders/);
    await tui.press("p", "/");
    await tui.type("ord");
    await tui.until(/shop\/orders/, /shop\/broken/);
    await tui.press("Enter", "x");
    await tui.type("items=[bolt");
    await tui.press("Enter");
    await tui.until(/\[bolt is not JSON/);
    await tui.press("C-u");
    await tui.type('{"items": ["one", "two"]}');
    await tui.press("Enter");
    await tui.until(/shop\/orders@1 {2}✓ COMPLETED.*graph/s);
    await tui.press("2");
    await tui.until(/pack .* 2\/2/);
    await tui.press("R", "y");
    await tui.until(/started again as \d+/);
    await tui.until(/shop\/orders@1 {2}✓ COMPLETED.*pack .* 2\/2/s);
  });

  test("a server that goes away is told and looked for; when it is back all goes on", async (t) => {
    const tmux = tmuxOrSkip(t);
    if (tmux === undefined) return;
    const { url, start } = await server(t, "shop/orders", ORDERS);
    const line = await openLine(t, Number(new URL(url).port));
    const home = await temporaryFolder(t);
    const tui = await openTui(t, { tmux, home, columns: 120, args: ["--server-url", line.url] });
    await tui.until(/no executions yet.*/s);
    await line.cut();
    await tui.until(/LOST for .*trying again: cannot reach/);
    await line.mend();
    await start("shop/orders");
    await tui.until(/live.*shop\/orders/s, /LOST/);
  });

  test("an execution that went on while the connection was away is shown to its end", async (t) => {
    const tmux = tmuxOrSkip(t);
    if (tmux === undefined) return;
    const { url, start, ended } = await server(t, "shop/gated", GATED);
    const line = await openLine(t, Number(new URL(url).port));
    const folder = await temporaryFolder(t);
    const id = await start("shop/gated", { folder });
    const tui = await openTui(t, { tmux, home: folder, args: [id, "--server-url", line.url], rows: 40 });
    await tui.until(/● 0\/3/);
    await line.cut();
    await tui.until(/LOST for /);
    for (const gate of [1, 2, 3]) await writeFile(join(folder, `go-${gate}`), "");
    assert.equal(await ended(id), "COMPLETED");
    await line.mend();
    await tui.until(/live.*✓ COMPLETED.*✓ 3\/3/s, /LOST|·/);
    await tui.press("4");
    const logs = (await tui.until(/\[4 logs\].*COMPLETED/s)).join("\n");
    for (const gate of [1, 2, 3]) assert.equal(logs.split(`gate ${gate}`).length, 2, `gate ${gate} in\n${logs}`);
  });

  test("cli.md §8 #40, §9.15: an error that nobody expected leaves the terminal as it was, and is told", async (t) => {
    const tmux = tmuxOrSkip(t);
    if (tmux === undefined) return;
    const { url } = await server(t, "shop/orders", ORDERS);
    const home = await temporaryFolder(t);
    const planted = join(home, "planted.mjs");
    const code = `import { existsSync } from "node:fs";
setInterval(() => { if (existsSync("now")) throw new Error("planted here"); }, 100).unref();`;
    await writeFile(planted, code);
    const env = { NODE_OPTIONS: `--import=${pathToFileURL(planted).href}` };
    const tui = await openTui(t, { tmux, home, args: ["--server-url", url], env });
    await tui.until(/no executions yet/);
    await writeFile(join(home, "now"), "");
    await tui.until(/planted here.*ended 1\nicanon echo/s);
    assert.deepEqual(await tui.modes(), { alternate: false, cursor: true });
  });

  test("the window may change, be tiny, and have no colours", async (t) => {
    const tmux = tmuxOrSkip(t);
    if (tmux === undefined) return;
    const { url, start, ended } = await server(t, "shop/orders", ORDERS);
    await ended(await start("shop/orders"));
    const home = await temporaryFolder(t);
    const args = ["--server-url", url];
    const tui = await openTui(t, { tmux, home, args });
    await tui.until(/1 execution/);
    assert.ok((await tui.lines({ styles: true })).join("\n").includes("\u001b["));
    await tui.resize(130, 34);
    const wide = await tui.until(/1 execution/, /^.{0,90}live$/m);
    assert.ok(wide[0]?.endsWith("live") && wide[0].length === 130, wide[0]);
    assert.match(wide[33] ?? "", /q quit$/);
    await tui.resize(30, 6);
    await tui.until(/too small/);
    await tui.resize(60, 12);
    const narrow = await tui.until(/1 execution/);
    assert.ok(narrow.every((line) => line.length <= 60));
    assert.match(narrow[11] ?? "", /q quit$/);

    const plain = await openTui(t, { tmux, home, args, env: { NO_COLOR: "1" } });
    await plain.until(/1 execution/);
    await plain.press("Enter");
    await plain.until(/\[1 graph\].*> start/s);
    assert.ok(!(await plain.lines({ styles: true })).join("\n").includes("\u001b["));
  });

  test("runs of this machine: started, failed, gone on with, replayed, without any server", async (t) => {
    const tmux = tmuxOrSkip(t);
    if (tmux === undefined) return;
    const home = await temporaryFolder(t);
    await writeFile(join(home, "broken.yaml"), BROKEN);
    const tui = await openTui(t, { tmux, home, args: ["broken.yaml"], rows: 30 });
    await tui.until(/broken.yaml.*┌.*check/s);
    await tui.press("x", "Enter");
    await tui.until(/shop\/broken {2}✗ FAILED.*✗/s);
    await writeFile(join(home, "mended"), "");
    await tui.press("S", "y");
    await tui.until(/going on as \d+/);
    await tui.until(/shop\/broken {2}✓ COMPLETED/);
    await tui.press("3", "t", "0");
    await tui.until(/REPLAY ‖ 1\/\d+/);
    await tui.press(".", ".");
    await tui.until(/REPLAY ‖ 3\/.*\n(.*\n)*> 3 +/);
    await tui.press(",");
    await tui.until(/REPLAY ‖ 2\//);
    await tui.press("+", "+", "+", "+", "Space");
    await tui.until(/REPLAY ‖ (\d+)\/\1 {2}64 a second/);
    await tui.press("e");
    await tui.until(/2 executions/);
  });

  test("an execution that is not there ends it at once, with the code for that", async (t) => {
    const tmux = tmuxOrSkip(t);
    if (tmux === undefined) return;
    const { url } = await server(t, "shop/orders", ORDERS);
    const home = await temporaryFolder(t);
    const tui = await openTui(t, { tmux, home, args: ["123456789", "--server-url", url] });
    await tui.until(/has no execution '123456789'.*ended 3/s);
    assert.deepEqual(await tui.modes(), { alternate: false, cursor: true });
  });
});
