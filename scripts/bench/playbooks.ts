const head = `apiVersion: noetl.io/v2
kind: Playbook
metadata: {name: bench, path: bench}
workflow:
`;
const END = "  - {step: end, tool: {kind: noop}}\n";

/** One step that comes back to itself: `steps` runs of it. */
export function cycle(steps: number, tool = "{kind: noop}", last = "{kind: noop}"): string {
  return `${head}  - step: start
    tool: ${tool}
    set: {ctx.n: "{{ (ctx.n | default(0)) + 1 }}"}
    next: {arcs: [{step: start, when: "{{ ctx.n < ${steps} }}"}, {step: last}]}
  - {step: last, tool: ${last}, next: {arcs: [{step: end}]}}
${END}`;
}

export function parallelLoop(items: number, inFlight = 10): string {
  return `${head}  - step: start
    loop: {in: "{{ ${items} }}", iterator: x, spec: {mode: parallel, max_in_flight: ${inFlight}}}
    tool: {kind: noop}
`;
}

/** Steps in a row; `tool` says what the step at an index does. */
export function chain(steps: number, tool: (at: number) => string = () => "{kind: noop}"): string {
  const step = (at: number) =>
    `  - {step: s${at}, tool: ${tool(at)}, next: {arcs: [{step: ${at === steps - 1 ? "end" : `s${at + 1}`}}]}}\n`;
  return head + Array.from({ length: steps }, (_, at) => step(at)).join("") + END;
}

/** `width` branches of two steps that meet again. */
export function fan(width: number): string {
  const names = Array.from({ length: width }, (_, at) => `b${at}`);
  return `${head}  - step: start
    tool: {kind: noop}
    next: {spec: {mode: inclusive}, arcs: [${names.map((name) => `{step: ${name}}`).join(", ")}]}
${names.map((name) => `  - {step: ${name}, tool: {kind: noop}, next: {arcs: [{step: ${name}x}]}}`).join("\n")}
${names.map((name) => `  - {step: ${name}x, tool: {kind: noop}, next: {arcs: [{step: end}]}}`).join("\n")}
${END}`;
}
