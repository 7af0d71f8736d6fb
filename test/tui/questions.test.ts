import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { PROGRAM } from "@noetl/sdk/testing";
import { temporaryFolder, tmuxOrSkip } from "./noetl-tui.ts";
import { openTerminal } from "./tmux.ts";

const ANSWERS = [
  { keys: ["reset", "Enter"], says: /: empty/, code: 0 },
  { keys: ["yes", "Enter"], says: /go on: yes\nnothing was deleted/, code: 0 },
  { keys: ["C-d"], says: /go on:\nnothing was deleted/, code: 0 },
  { keys: ["C-c"], says: /go on:\nError: interrupted/, code: 130 },
];

test("what deletes everything wants its word: another one, Ctrl-D and Ctrl-C leave it, the last with 130", async (t) => {
  const tmux = tmuxOrSkip(t);
  if (tmux === undefined) return;
  const home = await temporaryFolder(t);
  const program = `'${process.execPath}' '${PROGRAM}'`;
  const command = `while true; do ${program} db reset; echo "ended $?"; read next; clear; done`;
  const env = { HOME: home, NOETL_HOME: join(home, "data") };
  const terminal = await openTerminal(t, tmux, { columns: 160, rows: 20, command, cwd: home, env });
  for (const { keys, says, code } of ANSWERS) {
    await terminal.until(/Type reset to go on:/, /ended/);
    await terminal.press(...keys);
    const seen = (await terminal.until(/ended \d+/)).join("\n");
    assert.match(seen, says);
    assert.match(seen, RegExp(`ended ${code}\\b`));
    await terminal.press("Enter");
  }
});
