import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { type Page, showPaged } from "./pager.ts";

const posix = { skip: process.platform === "win32" && "pagers here are lines of a POSIX shell" };
const FIVE = "1\n2\n3\n4\n5\n";

/** What came to the screen, and what a pager got that keeps it in a file. */
async function shown(t: TestContext, text: string, page: Omit<Page, "write">, env: Record<string, string>) {
  const folder = mkdtempSync(join(tmpdir(), "noetl-pager-"));
  t.after(() => rmSync(folder, { recursive: true }));
  let printed = "";
  const write = (more: string) => {
    printed += more;
  };
  await showPaged(text, { PATH: process.env.PATH, FILE: join(folder, "paged"), ...env }, { ...page, write });
  const paged = () => readFileSync(join(folder, "paged"), "utf8");
  return { printed, paged };
}

const terminal = { isTTY: true, columns: 10, rows: 5 };
const keeps = 'cat > "$FILE"';

test("what does not fit on the terminal goes to the pager, wrapped lines and colours counted", posix, async (t) => {
  for (const text of [FIVE, `1\n2\n${"wide".repeat(6)}\n`]) {
    const { printed, paged } = await shown(t, text, terminal, { PAGER: keeps });
    assert.deepEqual([printed, paged()], ["", text]);
  }
  const colours = `1\n2\n3\n\u001b[31m${"x".repeat(9)}\u001b[39m\n`;
  assert.equal((await shown(t, colours, terminal, { PAGER: keeps })).printed, colours);
});

test("NOETL_PAGER comes before PAGER, and less is told how to behave unless it was told already", posix, async (t) => {
  const tells = 'cat > /dev/null; printf %s "$LESS" > "$FILE"';
  assert.equal((await shown(t, FIVE, terminal, { NOETL_PAGER: tells, PAGER: "exit 1" })).paged(), "FRX");
  assert.equal((await shown(t, FIVE, terminal, { PAGER: tells, LESS: "S" })).paged(), "S");
});

test("off a terminal, in CI, on a dumb one, and with a pager that is none, everything is printed", posix, async (t) => {
  const cases: [Omit<Page, "write">, Record<string, string>][] = [
    [{ rows: 5 }, { PAGER: keeps }],
    [{ isTTY: true }, { PAGER: keeps }],
    [terminal, { PAGER: keeps, TERM: "dumb" }],
    [terminal, { PAGER: keeps, CI: "true" }],
    [terminal, { PAGER: "" }],
    [terminal, { NOETL_PAGER: "cat", PAGER: keeps }],
    [terminal, { PAGER: "no-such-pager 2> /dev/null" }],
    [terminal, { PATH: "/nowhere" }],
  ];
  for (const [page, env] of cases) {
    const { printed, paged } = await shown(t, FIVE, page, env);
    assert.equal(printed, FIVE, JSON.stringify([page, env]));
    assert.throws(paged, /ENOENT/);
  }
});

test("who leaves the pager early has read enough", posix, async (t) => {
  const { printed } = await shown(t, "line\n".repeat(100_000), terminal, { PAGER: "head -1 > /dev/null" });
  assert.equal(printed, "");
});
