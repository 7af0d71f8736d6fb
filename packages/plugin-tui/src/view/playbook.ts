import type { PlaybookState } from "../state/state.ts";
import { type Line, line, type Span } from "./line.ts";
import { exactly, scrolled } from "./list.ts";

/** One playbook: its drawing, or its text. */
export function playbookView(playbook: PlaybookState, height: number): Line[] {
  const { path, version, text, drawn, scroll } = playbook;
  const title = line(
    [`${path}${version === null ? "" : `@${version}`}`, { bold: true }],
    [`   ${drawn ? "drawing, v shows the text" : "text, v shows the drawing"}`, { dim: true }],
  );
  const lines = drawn ? drawing(playbook) : (text?.text ?? "").split("\n").map(yamlLine);
  const shown = text || playbook.problem !== undefined ? lines : [line("looking …")];
  const moved = scroll.x === 0 ? shown : shown.map((row) => withoutLeft(row, scroll.x));
  return [title, ...(height > 1 ? scrolled(moved, scroll.y, height - 1) : exactly([], 0))];
}

function drawing({ workflow, problem }: PlaybookState): Line[] {
  if (!workflow) return [line([problem ?? "", { color: "red" }])];
  return [
    ...workflow.drawing.lines.map((text) => line(text)),
    ...workflow.drawing.legend.map((text) => line([text, { dim: true }])),
  ];
}

function yamlLine(text: string): Line {
  const [, lead = "", key = "", rest = ""] = /^(\s*(?:- )*)([\w.-]+(?=:(?:\s|$)))?(.*)$/.exec(text) ?? [];
  if (/^\s*#/.test(text)) return line([text, { dim: true }]);
  return line(lead, [key, { color: "cyan" }], rest);
}

function withoutLeft(row: Line, columns: number): Line {
  let skip = columns;
  return row.flatMap((span): Span[] => {
    const characters = [...span.text];
    const taken = Math.min(skip, characters.length);
    skip -= taken;
    return taken === characters.length ? [] : [{ ...span, text: characters.slice(taken).join("") }];
  });
}
