import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Terminal } from "./tmux.ts";

const ids = /\b\d{17,20}\b/g;
const clocks = /\d\d:\d\d(:\d\d(\.\d{3})?)?/g;
const dates = /\d{4}-\d\d-\d\d/g;
const ports = /127\.0\.0\.1:\d{2,5}/g;
const workers = /worker-[0-9a-f]{8}/g;
const processes = / \S+ pid \d+$/;
/** With the blanks behind it: a shorter time has more of them. */
const durations = /\+?\b\d+(\.\d+)?(ms|s|m\d+s|h\d+m)( ago)?\b *(?=[^ ]|$)/g;

/** What differs from run to run, in as many columns: ids, times, addresses. */
export function masked(lines: readonly string[]): string {
  const text = lines.map((line) =>
    line
      .replace(ids, (id) => "#".repeat(id.length))
      .replace(workers, "worker-########")
      .replace(processes, " HOST pid PID")
      // Of another day a list shows the date: midnight may lie between the run and the look.
      .replace(dates, "00:00     ")
      .replace(clocks, (clock) => clock.replace(/\d/g, "0"))
      .replace(ports, (address) => "server".padEnd(address.length, "-"))
      .replace(durations, (time) => "~".padEnd(time.length))
      .trimEnd(),
  );
  return `${text.join("\n")}\n`;
}

const PATIENCE_MS = 20_000;

/**
 * Compares the screen with the one that is kept, until it is the same or patience ends: what a screen waits for (the
 * link, a log) comes in its own time. `UPDATE_FRAMES=1` keeps this one instead.
 */
export async function matchesFrame(file: URL, terminal: Pick<Terminal, "lines">): Promise<void> {
  if (process.env.UPDATE_FRAMES === "1") {
    await mkdir(dirname(file.pathname), { recursive: true });
    await writeFile(file, masked(await terminal.lines()));
    return;
  }
  assert.ok(existsSync(file), `${file.pathname} is missing: UPDATE_FRAMES=1 makes it`);
  const kept = await readFile(file, "utf8");
  let now = masked(await terminal.lines());
  for (const end = Date.now() + PATIENCE_MS; now !== kept && Date.now() < end; now = masked(await terminal.lines()))
    await sleep(100);
  assert.equal(now, kept, `the screen is not the one in ${file.pathname}`);
}
