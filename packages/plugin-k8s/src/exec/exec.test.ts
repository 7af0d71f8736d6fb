import assert from "node:assert/strict";
import { test } from "node:test";
import { announcing, openExec, pasteable } from "./index.ts";

const node = process.execPath;
const host = { env: process.env, cwd: process.cwd() };

test("arguments arrive as they are, whatever a shell would make of them", async () => {
  const words = ["a b", "$HOME", "`id`", "x;y", "", "ü'\""];
  const { stdout } = await openExec(host)({
    argv: [node, "-e", "console.log(JSON.stringify(process.argv.slice(1)))", "--", ...words],
  });
  assert.deepEqual(JSON.parse(stdout), words);
});

test("exit code, both streams, stdin", async () => {
  const script =
    "process.stdin.on('data', d => process.stdout.write(String(d).toUpperCase())); console.error('no'); process.exitCode = 3";
  const ended = await openExec(host)({ argv: [node, "-e", script], input: "in\n" });
  assert.deepEqual(ended, { code: 3, stdout: "IN\n", stderr: "no\n", timedOut: false });
});

test("lines come while the program still runs, also those a carriage return ends", async () => {
  const script =
    "process.stdout.write('first\\r50%\\rrest\\n'); process.stdin.resume(); process.stdin.on('end', () => console.log('end'))";
  const seen: string[] = [];
  const until = new AbortController();
  const running = openExec(host)({
    argv: [node, "-e", `${script}; setInterval(() => {}, 1000)`],
    input: "",
    forget: true,
    signal: until.signal,
    onLine(line) {
      seen.push(line);
      if (line === "end") until.abort();
    },
  });
  const ended = await running;
  assert.deepEqual(seen, ["first", "50%", "rest", "end"]);
  assert.equal(ended.stdout, "");
});

test("a missing program and a missing folder are told apart", async () => {
  const exec = openExec(host);
  await assert.rejects(exec({ argv: ["no-such-program-here"] }), { code: "PROGRAM_MISSING", meaning: "validation" });
  await assert.rejects(exec({ argv: [node, "-e", "0"], cwd: "/no/such/folder" }), { code: "E_FOLDER_MISSING" });
});

test("Ctrl-C reaches the child as SIGINT; it may clean up, and the call fails as cancelled", async () => {
  const interrupt = new AbortController();
  const lines: string[] = [];
  const running = openExec({ ...host, signal: interrupt.signal })({
    argv: [
      node,
      "-e",
      "process.on('SIGINT', () => { console.log('cleaned'); process.exit(0) }); console.log('up'); setInterval(() => {}, 1000)",
    ],
    onLine(line) {
      lines.push(line);
      if (line === "up") interrupt.abort();
    },
  });
  await assert.rejects(running, { meaning: "cancelled", code: "INTERRUPTED" });
  assert.deepEqual(lines, ["up", "cleaned"]);
  await assert.rejects(openExec({ ...host, signal: interrupt.signal })({ argv: [node, "-e", "0"] }), {
    meaning: "cancelled",
  });
});

test("a program that takes too long is ended", async () => {
  const ended = await openExec(host)({ argv: [node, "-e", "setInterval(() => {}, 1000)"], timeoutMs: 100 });
  assert.equal(ended.timedOut, true);
  assert.notEqual(ended.code, 0);
});

test("cli.md §9.12: with --dry-run only what reads is run, the rest printed as a shell takes it", async () => {
  const printed: string[] = [];
  const ran: string[] = [];
  const exec = announcing(
    async ({ argv }) => {
      ran.push(argv[0]);
      return { code: 0, stdout: "", stderr: "", timedOut: false };
    },
    { dryRun: true, verbose: false, print: (line) => printed.push(line) },
  );
  await exec({ argv: ["looks"], reads: true });
  await exec({ argv: ["changes", "it's", "-f", "-"], input: "a: 1\n" });
  assert.deepEqual(ran, ["looks"]);
  assert.deepEqual(printed, ["changes 'it'\\''s' -f - <<'EOF'\na: 1\nEOF"]);
});

test("a pasted line does what the call would do", { skip: process.platform === "win32" }, async () => {
  const call = {
    argv: [node, "-e", "process.stdin.on('data', d => console.log(process.argv[1] + d))", "a 'b' $c"] as [
      string,
      ...string[],
    ],
    input: "x: $HOME\n",
    env: { NAME: "v w" },
  };
  const { stdout } = await openExec(host)({ argv: ["sh", "-c", pasteable(call)] });
  assert.equal(stdout, "a 'b' $cx: $HOME\n\n");
});
