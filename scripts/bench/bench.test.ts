import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { type Figure, missing, verdict } from "./figure.ts";
import { inTurns } from "./measure.ts";
import { parts } from "./parts/index.ts";
import { type Report, short, toMarkdown, toText } from "./report.ts";
import { PEERS } from "./tools.ts";

async function bench(...args: string[]) {
  const script = fileURLToPath(new URL("./run.ts", import.meta.url));
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", script, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
  return { stdout, stderr, code };
}

test("every part measures something, as a table and as JSON", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "noetl-bench-test-"));
  t.after(() => rm(folder, { recursive: true }));
  const file = join(folder, "figures.json");
  const { stdout, stderr, code } = await bench("--small", "--json", file);
  assert.equal(code, 0, stderr);
  const report = JSON.parse(await readFile(file, "utf8")) as Report;
  assert.equal(report.schema, "noetl.bench/1");
  for (const { name } of parts) {
    const silent = report.notes.some((note) => note.startsWith(`${name}:`));
    assert.match(stderr, new RegExp(`^${name}: ${silent ? "\\d" : "[1-9]"}`, "m"));
  }
  for (const { name, value, ratio, missing } of report.figures) {
    assert.ok(missing !== undefined || Number.isFinite(value), name);
    // A difference between two runs of a few steps (python) may be below nothing on a busy machine.
    assert.ok(ratio === undefined || (Number.isFinite(ratio) && ratio !== 0), name);
    assert.ok(stdout.includes(name));
  }
});

test("a part that does not exist is misuse", async () => {
  const { stderr, code } = await bench("nothing");
  assert.equal(code, 2);
  assert.match(stderr, /no part nothing; there are local-run/);
});

test("the ratio is that of each round, and a slow round spoils neither", async () => {
  const speeds = [1, 1, 9, 1, 1];
  const pairs = await inTurns(
    5,
    (round) => 6 * (speeds[round] ?? 1),
    (round) => 2 * (speeds[round] ?? 1),
  );
  assert.deepEqual(pairs, { value: 6, spread: 0, control: 2, ratio: 3 });
});

const figure = (changes: Partial<Figure>): Figure => ({ name: "f", unit: "ms", value: 10, ...changes });

test("over the limit counts more than over the budget, and rates are the other way round", () => {
  assert.equal(verdict(figure({})), "");
  assert.equal(verdict(figure({ budget: 10 })), "ok");
  assert.equal(verdict(figure({ budget: 9 })), "over budget");
  assert.equal(verdict(figure({ budget: 9, ratio: 2, limit: 1.5 })), "over limit");
  assert.equal(verdict(figure({ unit: "/s", budget: 11 })), "over budget");
  assert.equal(verdict(figure({ unit: "/s", ratio: 2, limit: 1.5 })), "ok");
});

test("numbers keep three digits", () => {
  assert.deepEqual([0.01234, 0.5, 12.345, 1234.5, Number.NaN].map(short), ["0.012", "0.500", "12.3", "1235", "-"]);
});

test("what could not be measured has a row that says why, in JSON without a value", () => {
  const row = missing("Restate", "ms", "npm cannot install it (E404)");
  assert.match(toText([row]), /^Restate +- .* npm cannot install it \(E404\)$/m);
  assert.deepEqual(JSON.parse(JSON.stringify(row)).value, null);
  assert.equal(verdict({ ...row, budget: 1 }), "");
});

test("the page has the same figures as the table", () => {
  const report: Report = {
    schema: "noetl.bench/1",
    taken_at: "2026-01-02T03:04:05Z",
    machine: { system: "Linux 6", processor: "P", cores: 2, memory_gb: 8, node: "v24", sqlite: "3", load: 0.1 },
    figures: [figure({ budget: 11, control: { name: "node -e 0", value: 5 }, ratio: 2, cpu: 7 })],
    notes: ["shell: there is no just"],
  };
  const page = toMarkdown(report);
  assert.match(page, /\| f \| 10\.0 ms \| {2}\| ≤ 11 ms \| node -e 0 \| 5\.00 \| 2\.00× \| {2}\| 7\.00 ms \| ok \|/);
  assert.match(page, /on 2026-01-02\./);
  for (const packages of Object.values(PEERS))
    for (const name of Object.keys(packages)) assert.ok(page.includes(name), name);
  assert.equal(toText(report.figures).split("\n").length, 2);
});
