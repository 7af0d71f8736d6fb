import { displayWidth } from "@noetl/sdk";
import type { State } from "../state/state.ts";

type Hints = (readonly [key: string, what: string])[];

const END: Hints = [
  ["?", "help"],
  ["q", "quit"],
];

/** The keys that are worth knowing here, as many as there is room for; help and the way out are always there. */
export function hintsOf(state: State): Hints {
  const hints = hintsHere(state).slice(0, -END.length);
  const widthOf = (all: Hints) => all.reduce((sum, [key, what]) => sum + displayWidth(`${key} ${what}  `), 0);
  while (hints.length > 0 && widthOf([...hints, ...END]) > state.size.columns + 2) hints.pop();
  return [...hints, ...END];
}

function hintsHere(state: State): Hints {
  if (state.help) return END;
  switch (state.screen) {
    case "executions":
      return [
        ["Enter", "open"],
        ["/", "filter"],
        ["f", "status"],
        ["c", "cancel"],
        ["R", "again"],
        ["p", "playbooks"],
        ["w", "workers"],
        ...END,
      ];
    case "execution":
      return executionHints(state);
    case "playbooks":
      return [["Enter", "open"], ["x", "run"], ["/", "filter"], ["e", "executions"], ["w", "workers"], ...END];
    case "playbook":
      return [["x", "run"], ["v", "text/drawing"], ["arrows", "scroll"], ["Esc", "back"], ...END];
    case "workers":
      return [["e", "executions"], ["p", "playbooks"], ["r", "look again"], ...END];
  }
}

function executionHints({ execution, source }: State): Hints {
  if (execution?.opened) return [["↑↓", "scroll"], ["←→", "other event"], ["Esc", "close"], ...END];
  if (execution?.replay) {
    return [
      ["Space", "play"],
      [". ,", "event"],
      ["> <", "step"],
      ["+ -", "speed"],
      ["0 $", "ends"],
      ["t", "now"],
      ...END,
    ];
  }
  const own: Hints =
    execution?.tab === "data"
      ? [
          ["n", "next step"],
          ["[ ]", "item"],
        ]
      : execution?.tab === "timeline"
        ? [
            ["Enter", "event"],
            ["/", "filter"],
          ]
        : execution?.tab === "logs"
          ? [["/", "filter"]]
          : [["Enter", "data"]];
  return [
    ...own,
    ["t", "replay"],
    ["c", "cancel"],
    ["R", "again"],
    ...(source.canResume ? ([["S", "resume"]] as Hints) : []),
    ["Esc", "back"],
    ...END,
  ];
}
