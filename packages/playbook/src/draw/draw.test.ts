import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { parsePlaybook } from "../parse.ts";
import { graphOf, type PlaybookGraph } from "../plan/graph.ts";
import { book, undent } from "../testing/book.ts";
import { drawWorkflow, toAscii } from "./ascii.ts";
import { toDot } from "./dot.ts";
import { toMermaid } from "./mermaid.ts";

const TEXT = `
  - step: start
    tool: {kind: http, url: "x"}
    next:
      arcs:
        - {step: fix, when: "{{ output.status == 'error' }}"}
        - {step: start, when: "{{ output.more }}"}
        - {step: end}
  - step: fix
    loop: {in: [1], iterator: row, spec: {mode: parallel}}
    tool: {kind: noop}
    next: {arcs: [{step: join}]}
  - {step: join, tool: [{name: a, kind: python, code: pass}, {name: b, kind: postgres, command: x}], next: {arcs: [{step: end}]}}
  - {step: lost, tool: {kind: noop}}
  - {step: tidy, tool: {kind: noop}}
`;

function graph(): PlaybookGraph {
  const { playbook } = parsePlaybook(book(TEXT, "executor: {spec: {final_step: tidy}}"));
  assert.ok(playbook);
  return graphOf(playbook);
}

test("the graph holds conditions, back arcs, joins and the implicit end", () => {
  const { nodes, edges } = graph();
  assert.deepEqual(
    edges
      .filter((edge) => edge.from === "start")
      .map(({ to, when, otherwise, back }) => ({ to, when, otherwise, back })),
    [
      { to: "fix", when: "output.status == 'error'", otherwise: undefined, back: false },
      { to: "start", when: "output.more", otherwise: undefined, back: true },
      { to: "end", when: undefined, otherwise: true, back: false },
    ],
  );
  assert.deepEqual(
    nodes.filter((node) => node.unreachable).map((node) => node.step),
    ["lost"],
  );
  assert.equal(nodes.find((node) => node.step === "end")?.implicit, true);
});

test("the drawing has layers, numbered conditions, marked back arcs and what stands apart", () => {
  assert.equal(
    toAscii(graph()),
    `${undent(`
                ┌───────────┐
                │ > start   │
                │ http      │
                │ ↺ start 2 │
                └─────┬─────┘
               ┌──────┴──────┐
               ▼ 1           │
    ┌────────────────────┐   │
    │ fix                │   │
    │ noop               │   │
    │ each row, parallel │   │
    └──────────┬─────────┘   │
               ▼             │
     ┌──────────────────┐    │
     │ join             │    │
     │ python, postgres │    │
     └─────────┬────────┘    │
               └─────┬───────┘
                     ▼
                  ┌─────┐
                  │ end │
                  └─────┘

      1  start → fix    output.status == 'error'
      2  start ↺ start  output.more
         start → end    else

    at the very end: tidy
    never reached: lost
  `)}\n`,
  );
});

test("without box characters the drawing is plain ASCII but for its legend", () => {
  const [drawing] = toAscii(graph(), { ascii: true }).split("\n\n");
  assert.match(drawing ?? "", /^[\x20-\x7e\n]+$/);
});

test("Mermaid and DOT hold every step and arc, with text quoted", () => {
  const mermaid = toMermaid(graph());
  assert.match(mermaid, /^flowchart TD\n {2}s0\(\["start<br\/>/);
  assert.match(mermaid, /s0 -->\|"output\.status == 'error'"\| s1/);
  assert.match(mermaid, /s0 -\.->\|"output\.more"\| s0/);
  assert.match(mermaid, /class s3 dead;/);
  const dot = toDot(graph());
  assert.match(dot, /"start" -> "start" \[label="output.more", style=dashed, constraint=false\];/);
  assert.equal(dot.match(/->/g)?.length, 5);
});

test("text of a document cannot break out of the drawing", () => {
  const { playbook } = parsePlaybook(
    book(`- {step: 'a"]; x', tool: {kind: noop}, next: {arcs: [{step: 'a"]; x', when: '{{ "<b>|" == 1 }}'}]}}`),
  );
  assert.ok(playbook);
  const drawn = graphOf(playbook);
  assert.match(toDot(drawn), /"a\\"\]; x" -> "a\\"\]; x" \[label="\\"<b>\|\\" == 1"/);
  assert.doesNotMatch(
    toMermaid(drawn)
      .replaceAll("<br/>", "")
      .replaceAll(/<\/?small>/g, ""),
    /<b>|"a"\]/,
  );
});

test("property: every box of any graph is drawn whole", () => {
  const edges = fc.array(fc.array(fc.nat(8), { maxLength: 3 }), { minLength: 1, maxLength: 9 });
  fc.assert(
    fc.property(edges, (lists) => {
      const steps = lists.map((targets, at) => {
        const arcs = targets.map((to) => `{step: node${to % lists.length}, when: x}`).join(", ");
        return `- {step: node${at}, tool: {kind: noop}, next: {spec: {mode: inclusive}, arcs: [${arcs}]}}`;
      });
      const { playbook } = parsePlaybook(book(steps.join("\n")));
      assert.ok(playbook);
      const drawn = graphOf(playbook);
      const art = toAscii(drawn);
      for (const node of drawn.nodes) {
        if (node.unreachable) continue;
        assert.match(art, new RegExp(`│ (> )?${node.step} *│`), `${node.step} in\n${art}`);
      }
    }),
    { numRuns: 60 },
  );
});

test("the parts of a drawing tell where each box is, with a row kept free in it", () => {
  const { playbook } = parsePlaybook(
    book(`- {step: one, tool: {kind: noop}, next: {arcs: [{step: two}, {step: end}]}}
- {step: two, tool: {kind: noop}}`),
  );
  assert.ok(playbook);
  const { lines, boxes } = drawWorkflow(graphOf(playbook), { note: () => "NOTE" });
  const cut = (step: string) => {
    const box = boxes.find((each) => each.step === step);
    assert.ok(box, step);
    return lines.slice(box.y, box.y + box.height).map((row) => [...row].slice(box.x, box.x + box.width).join(""));
  };
  assert.deepEqual(cut("two"), ["┌──────┐", "│ two  │", "│ noop │", "│ NOTE │", "└──────┘"]);
  assert.equal(cut("one")[3], "│ NOTE  │");
  assert.deepEqual(
    cut("end").map((row) => row.includes("NOTE")),
    [false, false, false],
  );
  assert.equal(`${lines.join("\n")}\n`, toAscii(graphOf(playbook), { note: () => "NOTE" }));
});
