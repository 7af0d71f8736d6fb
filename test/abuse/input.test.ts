import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { assertClear, assertCompleted, noetl, playbook, temporaryHome } from "./noetl.ts";

const posix = { skip: process.platform === "win32" && "uses a POSIX shell" };
const END = "{step: end, tool: {kind: noop, result: fine}}";

function withWorkload(workload: string, ...steps: string[]): string {
  return playbook("p", ...steps).replace("workflow:", `workload:\n${workload}\nworkflow:`);
}

test("what is no sensible playbook is refused before anything runs", async (t) => {
  const home = await temporaryHome(t);
  const row = "    - {id: 12345, name: some name, tags: [a, b, c], text: lorem ipsum dolor sit amet}\n";
  const aliases = Array.from({ length: 9 }, (_, index) => {
    const [name, before] = [String.fromCharCode(98 + index), String.fromCharCode(97 + index)];
    return `  ${name}: &${name} [${Array(9).fill(`*${before}`).join(",")}]`;
  });
  const bad: [name: string, content: string | Buffer, words: RegExp][] = [
    [
      "20 MB of rows",
      withWorkload(`  rows:\n${row.repeat(Math.ceil((20 * 2 ** 20) / row.length))}`, END),
      /the limit is/,
    ],
    ["20 MB of text", withWorkload(`  text: ${"x".repeat(20 * 2 ** 20)}`, END), /the limit is/],
    ["a bomb of aliases", withWorkload(["  a: &a [lol, lol, lol]", ...aliases].join("\n"), END), /aliases expand/],
    ["20 000 levels", withWorkload(`  d: ${"[".repeat(20_000)}${"]".repeat(20_000)}`, END), /nested too deeply/],
    ["bytes", Buffer.from([0, 255, 254, 27, 91, 50, 74]), /map of keys/],
    ["another encoding", Buffer.from(`\ufeff${playbook("p", END)}`, "utf16le"), /map of keys/],
    ["nothing", "", /empty/],
    ["blanks", " \n\n", /empty/],
  ];
  for (const [name, content, words] of bad) {
    await t.test(name, async () => {
      await writeFile(join(home, "p.yaml"), content);
      const ran = await noetl(["run", "p.yaml"], { home });
      assertClear(ran, 2, words);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these must not reach a terminal
      assert.doesNotMatch(ran.stderr, /[\u0000-\u0008\u000b-\u001f]/);
      assert.ok(ran.stderr.length < 5_000, `${ran.stderr.length} characters of error`);
    });
  }
});

test("10 000 steps", async (t) => {
  const home = await temporaryHome(t);
  const steps = Array.from(
    { length: 10_000 },
    (_, n) =>
      `{step: s${n}, tool: {kind: noop, result: ${n}}${n < 9_999 ? `, next: {arcs: [{step: s${n + 1}}]}` : ""}}`,
  );
  await writeFile(join(home, "p.yaml"), playbook("p", ...steps));
  const ran = await noetl(["run", "p.yaml", "-q"], { home });
  assertCompleted(ran);
  assert.equal(ran.stdout, "9999\n");
});

test("a loop over 10 000 items, a result of 20 MB", posix, async (t) => {
  const home = await temporaryHome(t);
  await writeFile(
    join(home, "p.yaml"),
    playbook(
      "p",
      '{step: a, loop: {in: "{{ range(10000) }}", iterator: n, mode: parallel}, tool: {kind: noop, result: "{{ iter.n }}"}, next: b}',
      "{step: b, tool: {kind: python, code: result = 'x' * 20_000_000}, next: c}",
      '{step: c, tool: {kind: noop, result: "{{ a.stats.success }}"}}',
    ),
  );
  const ran = await noetl(["run", "p.yaml", "-q"], { home });
  assertCompleted(ran);
  assert.equal(ran.stdout, "10000\n");
});

test("every script of the world, in names, data, commands and code", posix, async (t) => {
  const home = await temporaryHome(t);
  const family = "👩‍👩‍👧";
  const text = `
apiVersion: noetl.io/v2
kind: Playbook
metadata: {name: "名前", path: "abuse/日本/${family}"}
workload: {"Straße": "naïve 👍", clef: "𝄞", zero: "a\\0b", half: "\\ud83d", rtl: "\\u202eabc"}
workflow:
  - step: eins
    tool: {kind: shell, cmds: 'printf "%s|%s" "{{ workload.Straße }}" "{{ workload.clef }}"; echo "日本語" >&2'}
    next: {arcs: [{step: zwei}]}
  - step: zwei
    loop: {in: "{{ ['é', 'e\\u0301', '${family}'] }}", iterator: x, mode: sequential}
    tool: {kind: noop, result: "{{ iter.x }}"}
    next: {arcs: [{step: drei}]}
  - step: drei
    tool: {kind: python, code: "result = {'Ω': '日本' * 2, 'in': s, 'n': len(s), 'z': z}", input: {s: "{{ eins.stdout }}", z: "{{ workload.zero }}"}}
`;
  await writeFile(join(home, "ünï 日本 '\"$.yaml"), text);
  const ran = await noetl(["run", "ünï 日本 '\"$.yaml"], { home });
  assertCompleted(ran);
  assert.deepEqual(JSON.parse(ran.stdout), { Ω: "日本日本", in: "naïve 👍|𝄞", n: 9, z: "a\0b" });
  assert.match(ran.stderr, /日本語/);
  assertCompleted(await noetl(["events"], { home }));
});

test("Windows line ends mean what Unix ones do", posix, async (t) => {
  const home = await temporaryHome(t);
  const text = `
apiVersion: noetl.io/v2
kind: Playbook
metadata: {name: crlf, path: abuse/crlf}
workload:
  text: |
    one
    two
  folded: >
    a
    b
workflow:
  - step: a
    tool:
      kind: shell
      cmds: |
        x=1
        if [ "$x" = 1 ]; then
          printf yes
        fi
    next: {arcs: [{step: b}]}
  - step: b
    tool:
      kind: python
      code: |
        def f():
            return 41
        result = {"n": f() + 1, "s": text}
      input: {text: "{{ workload.text }}"}
    next: {arcs: [{step: c}]}
  - step: c
    tool: {kind: noop, result: ["{{ a.stdout }}", "{{ b.n }}", "{{ workload.text }}", "{{ workload.folded }}", "{{ b.s }}"]}
`;
  const results: unknown[] = [];
  for (const ends of ["\n", "\r\n"]) {
    await writeFile(join(home, "p.yaml"), text.replaceAll("\n", ends));
    const ran = await noetl(["run", "p.yaml", "-q"], { home });
    assertCompleted(ran);
    results.push(JSON.parse(ran.stdout));
  }
  assert.deepEqual(results[0], ["yes", 42, "one\ntwo\n", "a b\n", "one\ntwo\n"]);
  assert.deepEqual(results[1], results[0]);
});
