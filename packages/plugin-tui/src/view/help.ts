import type { State } from "../state/state.ts";
import { blank, cell, type Line, line } from "./line.ts";
import { exactly } from "./list.ts";

type Keys = readonly (readonly [keys: string, what: string])[];

const EVERYWHERE: Keys = [
  ["e  p  w", "the other screens"],
  ["Esc", "back"],
  ["r", "look again"],
  ["/", "filter what is listed"],
  ["?", "this help"],
  ["q", "quit"],
  ["Ctrl-Z", "to the shell; fg comes back"],
];

const MOVING: Keys = [
  ["↑ ↓  j k", "line by line"],
  ["PgUp PgDn", "page by page"],
  ["g G", "first, last"],
];

const EXECUTION: Keys = [
  ["Enter", "open"],
  ["f", "only one status"],
  ["x", "run a playbook"],
  ["c", "cancel"],
  ["R", "run again"],
  ["S", "resume what failed"],
  ["1 … 5  Tab", "its five views"],
  ["arrows", "move in the graph"],
  ["n N", "next step, [ ] loop item"],
];

const REPLAY: Keys = [
  ["t", "replay, and back to now"],
  ["Space", "play, pause"],
  [". ,", "one event on, back"],
  ["> <", "one step on, back"],
  ["0 $", "begin, end"],
  ["+ -", "faster, slower"],
];

/** All keys; two columns, so that they fit 80×24. */
export function helpView(_state: State, width: number, height: number, ascii: boolean): Line[] {
  const left = [
    ...block("Everywhere", EVERYWHERE),
    blank,
    ...block("In lists", MOVING),
    blank,
    ...block("In a playbook", [
      ["v", "drawing or text"],
      ["← →", "to the side"],
    ]),
  ];
  const right = [...block("Executions", EXECUTION), blank, ...block("Replay", REPLAY)];
  const half = Math.min(44, Math.floor(width / 2) - 1);
  const lines = Array.from({ length: Math.max(left.length, right.length) }, (_, index) => [
    ...padded(left[index] ?? blank, half),
    ...(right[index] ?? blank),
  ]);
  const plain = ascii ? lines.map((spans) => spans.map((span) => ({ ...span, text: asciiKeys(span.text) }))) : lines;
  return exactly([...plain, blank, line(["  any key closes this", { dim: true }])], height);
}

function block(title: string, keys: Keys): Line[] {
  return [
    line([`  ${title}`, { bold: true }]),
    ...keys.map(([key, what]) => line(["  ", undefined], [cell(key, 15), { color: "cyan" }], what)),
  ];
}

function padded(spans: Line, width: number): Line {
  const own = spans.reduce((sum, { text }) => sum + text.length, 0);
  return [...spans, { text: " ".repeat(Math.max(0, width - own)) }];
}

/** The same number of columns: the layout stays. */
function asciiKeys(text: string): string {
  return text.replaceAll("↑", "^").replaceAll("↓", "v").replaceAll("←", "<").replaceAll("→", ">").replaceAll("…", "-");
}
