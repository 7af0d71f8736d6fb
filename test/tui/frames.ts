import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname } from "node:path";

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

/** Compares a screen with the one that is kept; `UPDATE_FRAMES=1` keeps this one instead. */
export async function matchesFrame(file: URL, lines: readonly string[]): Promise<void> {
  const now = masked(lines);
  if (process.env.UPDATE_FRAMES === "1") {
    await mkdir(dirname(file.pathname), { recursive: true });
    await writeFile(file, now);
    return;
  }
  assert.ok(existsSync(file), `${file.pathname} is missing: UPDATE_FRAMES=1 makes it`);
  assert.equal(now, await readFile(file, "utf8"), `the screen is not the one in ${file.pathname}`);
}
