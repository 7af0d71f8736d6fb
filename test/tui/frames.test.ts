import { describe, test } from "node:test";
import { control } from "../../packages/plugin-process/src/testing/control.ts";
import { matchesFrame } from "./frames.ts";
import { openTui, temporaryFolder, tmuxOrSkip } from "./noetl-tui.ts";
import { ORDERS } from "./playbooks.ts";

const SIZES = [
  [80, 24],
  [120, 40],
  [200, 50],
] as const;

// They mostly wait for their terminals: side by side it is one wait.
describe("frames", { concurrency: SIZES.length }, () => {
  for (const [columns, rows] of SIZES) {
    test(`cli.md §8 #5, #40: every screen at ${columns}×${rows}, on a real server with a real run`, async (t) => {
      const tmux = tmuxOrSkip(t);
      if (tmux === undefined) return;
      const { url, register, start, ended } = await control(t, "embedded");
      await register("shop/orders", ORDERS);
      const id = await start("shop/orders");
      await ended(id);
      const home = await temporaryFolder(t);
      const tui = await openTui(t, { tmux, home, columns, rows, args: ["--server-url", url] });
      const shows = async (name: string, wanted: RegExp) => {
        await tui.until(wanted);
        await matchesFrame(new URL(`frames/${columns}x${rows}/${name}.txt`, import.meta.url), tui);
      };

      await shows("executions", /COMPLETED +shop\/orders.*1 execution/s);
      await tui.press("Enter");
      await shows("graph", /\[1 graph\].*> start.*✓/s);
      await tui.press("2");
      await shows("steps", /\[2 steps\].*STATUS.*end/s);
      await tui.press("3");
      await shows("timeline", /\[3 timeline\].*playbook.completed/s);
      await tui.press("Enter");
      await shows("event", /event \d+ {2}playbook.completed.*}/s);
      await tui.press("Escape", "4");
      await shows("logs", /\[4 logs\].*sending, try 3, with \*\*\*.*COMPLETED/s);
      await tui.press("1", "Down", "Enter");
      await shows("item", /step pack.*packed bolt/s);
      await tui.press("]", "n", "n");
      await shows("data", /step ship.*given to its tools/s);
      await tui.press("3", "t", "<", "<", "1");
      await shows("replay", /● RUNNING.*\[1 graph\].*REPLAY/s);
      await tui.press("t", "p");
      await tui.until(/1 playbook/);
      await shows("playbooks", /shop\/orders +1 /);
      await tui.press("Enter");
      await shows("playbook", /drawing, v shows the text.*┌/s);
      await tui.press("w");
      await shows("workers", /1 worker/);
      await tui.press("?");
      await shows("help", /Everywhere.*any key closes this/s);
      await tui.press("q");
      await tui.until(/ended 0/);
    });
  }
});
