import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { cli, PROGRAM } from "@noetl/sdk/testing";
import { temporaryFolder, tmuxOrSkip } from "./noetl-tui.ts";
import { openTerminal } from "./tmux.ts";

const STEPS = Array.from({ length: 30 }, (_, at) => `  - {step: s${at}, tool: {kind: noop}}`).join("\n");
const FLOW = `apiVersion: noetl.io/v2\nkind: Playbook\nmetadata: {name: long, path: long}\nworkflow:\n${STEPS}\n`;

test("what is longer than the terminal is shown page by page, and the command ends with the pager", async (t) => {
  const tmux = tmuxOrSkip(t);
  if (tmux === undefined) return;
  const home = await temporaryFolder(t);
  await writeFile(join(home, "long.yaml"), FLOW);
  const whole = (await cli(["plan", "long.yaml"], { home })).stdout.trimEnd().split("\n");
  const program = `'${process.execPath}' '${PROGRAM}'`;
  // A pager of our own: less may be missing, and draws a prompt of its own.
  const pager = 'sh -c "head -3; echo more; read key < /dev/tty; echo closed"';
  const command = `${program} plan long.yaml; echo "ended $?"; sleep 600`;
  const env = { HOME: home, NOETL_HOME: join(home, "data"), PAGER: pager, CI: "" };
  const terminal = await openTerminal(t, tmux, { columns: 100, rows: 12, command, cwd: home, env });
  const seen = await terminal.until(/^more$/m, /ended/);
  const lines = (text: readonly string[]) => text.map((line) => line.trimEnd()).filter((line) => line !== "");
  assert.deepEqual(lines(seen), lines([...whole.slice(0, 3), "more"]));
  await terminal.press("Enter");
  assert.match((await terminal.until(/ended \d+/)).join("\n"), /closed\nended 0/);
});
