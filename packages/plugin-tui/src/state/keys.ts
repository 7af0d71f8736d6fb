import { actionKey } from "./actions.ts";
import { executionKey } from "./execution-keys.ts";
import { filterOf, filterPrompt, withFilter } from "./prompt.ts";
import {
  type ExecutionState,
  newExecution,
  type PlaybookState,
  STATUS_FILTERS,
  type State,
  shownExecutions,
  shownPlaybooks,
} from "./state.ts";
import { goTo, moved, type Next, next, pageOf, without } from "./step.ts";

/** A key while nothing is asked. */
export function screenKey(state: State, key: string): Next {
  return everywhere(state, key) ?? here(state, key) ?? next(state);
}

function everywhere(state: State, key: string): Next | undefined {
  if (key === "q") return next({ ...state, quit: "key" });
  if (key === "ctrl-c") return next({ ...state, quit: "interrupt" });
  if (state.help) return next({ ...state, help: false });
  switch (key) {
    case "?":
      return next({ ...state, help: true });
    case "e":
      return next(goTo(state, "executions"));
    case "p":
      return next(goTo(state, "playbooks"));
    case "w":
      return next(goTo(state, "workers"));
    case "r":
      return next(state, { do: "refresh" });
    default:
      return undefined;
  }
}

function here(state: State, key: string): Next | undefined {
  switch (state.screen) {
    case "executions":
      return executionsKey(state, key) ?? backKey(state, key);
    case "execution":
      return executionKey(state, key) ?? backKey(state, key);
    case "playbooks":
      return playbooksKey(state, key) ?? backKey(state, key);
    case "playbook":
      return playbookKey(state, key) ?? backKey(state, key);
    case "workers": {
      const count = state.workers.force?.workers.length ?? 0;
      const scroll = moved(key, state.workers.scroll, count, pageOf(state));
      return scroll === undefined ? backKey(state, key) : next({ ...state, workers: { ...state.workers, scroll } });
    }
  }
}

/** Esc: what narrows the view goes first, then the screen. */
function backKey(state: State, key: string): Next | undefined {
  if (key !== "esc") return undefined;
  if (filterOf(state) !== "" && state.screen !== "playbook") return next(withFilter(state, ""));
  const screen = state.back.at(-1);
  if (screen === undefined) return next(state.screen === "executions" ? state : { ...state, screen: "executions" });
  return next({ ...state, screen, back: state.back.slice(0, -1) });
}

function executionsKey(state: State, key: string): Next | undefined {
  const { executions } = state;
  const rows = shownExecutions(state);
  const at = Math.max(
    0,
    rows.findIndex(({ id }) => id === executions.selected),
  );
  const row = rows[at];
  const to = moved(key, at, rows.length, pageOf(state));
  if (to !== undefined) {
    // The top is no execution: what comes in newer is selected then.
    const selected = to === 0 ? undefined : rows[to]?.id;
    const rest = without(executions, "selected");
    return next({ ...state, executions: selected === undefined ? rest : { ...rest, selected } });
  }
  switch (key) {
    case "/":
      return filterPrompt(state);
    case "f": {
      const status = STATUS_FILTERS[(STATUS_FILTERS.indexOf(executions.status) + 1) % STATUS_FILTERS.length] ?? "all";
      return next({ ...state, executions: { ...executions, status } });
    }
    case "enter":
      return row
        ? next(openExecution({ ...state, executions: { ...executions, selected: row.id } }, row.id))
        : next(state);
    default:
      return actionKey(state, key, row);
  }
}

export function openExecution(state: State, id: string): State {
  const execution: ExecutionState = state.execution?.id === id ? without(state.execution, "replay") : newExecution(id);
  return { ...goTo(state, "execution"), execution };
}

function playbooksKey(state: State, key: string): Next | undefined {
  const rows = shownPlaybooks(state);
  const at = Math.max(
    0,
    rows.findIndex(({ path }) => path === state.playbooks.selected),
  );
  const row = rows[at];
  const to = moved(key, at, rows.length, pageOf(state));
  const target = to === undefined ? undefined : rows[to];
  if (target) return next({ ...state, playbooks: { ...state.playbooks, selected: target.path } });
  switch (key) {
    case "/":
      return filterPrompt(state);
    case "enter": {
      if (!row) return next(state);
      const playbook: PlaybookState = { path: row.path, version: row.version, drawn: true, scroll: { x: 0, y: 0 } };
      const known = state.playbook?.path === row.path && state.playbook.version === row.version;
      return next({ ...goTo(state, "playbook"), ...(known ? {} : { playbook }) });
    }
    case "x":
      return row ? workloadPrompt(state, row) : next(state);
    default:
      return undefined;
  }
}

function workloadPrompt(state: State, { path, version }: { path: string; version: string | null }): Next {
  return next({ ...state, prompt: { ask: "workload", text: "", path, version } });
}

const SIDE = 8;

function playbookKey(state: State, key: string): Next | undefined {
  const { playbook } = state;
  if (!playbook) return undefined;
  const lines = playbook.drawn ? drawnLines(playbook) : (playbook.text?.text.split("\n").length ?? 0);
  const { x, y } = playbook.scroll;
  const to = moved(key, y, lines, pageOf(state));
  if (to !== undefined) return next({ ...state, playbook: { ...playbook, scroll: { x, y: to } } });
  switch (key) {
    case "left":
    case "h":
    case "right":
    case "l": {
      const side = Math.max(0, x + (key === "left" || key === "h" ? -SIDE : SIDE));
      return next({ ...state, playbook: { ...playbook, scroll: { x: side, y } } });
    }
    case "v":
    case "tab":
      return next({ ...state, playbook: { ...playbook, drawn: !playbook.drawn, scroll: { x: 0, y: 0 } } });
    case "x":
      return workloadPrompt(state, playbook);
    default:
      return undefined;
  }
}

function drawnLines({ workflow }: PlaybookState): number {
  return workflow ? workflow.drawing.lines.length + workflow.drawing.legend.length : 0;
}
