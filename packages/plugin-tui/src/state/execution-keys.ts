import { dataLines } from "../view/execution/data.ts";
import { eventLines } from "../view/execution/timeline.ts";
import { actionKey } from "./actions.ts";
import { boxBeside } from "./graph-walk.ts";
import { logLines } from "./log-lines.ts";
import { filterPrompt } from "./prompt.ts";
import { replayKey, toggleReplay } from "./replay.ts";
import { type ExecutionState, focusOf, type State, shownEvents, shownPicture, TABS, type Tab } from "./state.ts";
import { moved, type Next, next, pageOf, withExecution, without } from "./step.ts";

/** A key on the screen of one execution. */
export function executionKey(state: State, key: string): Next | undefined {
  const { execution } = state;
  if (!execution) return undefined;
  if (execution.opened) return openedKey(state, execution, key);
  const tab = tabOf(execution.tab, key);
  if (tab) return withInputs(withExecution(state, { tab }));
  if (key === "t") return toggleReplay(state);
  if (key === "esc" && execution.replay) return toggleReplay(state);
  const status = execution.picture?.status ?? execution.detail?.status ?? "UNKNOWN";
  return replayKey(state, key) ?? actionKey(state, key, { id: execution.id, status }) ?? tabKey(state, execution, key);
}

function tabOf(tab: Tab, key: string): Tab | undefined {
  const at = TABS.indexOf(tab);
  if (key === "tab") return TABS[(at + 1) % TABS.length];
  if (key === "shift-tab") return TABS[(at + TABS.length - 1) % TABS.length];
  return /^[1-5]$/.test(key) ? TABS[Number(key) - 1] : undefined;
}

function tabKey(state: State, execution: ExecutionState, key: string): Next | undefined {
  switch (execution.tab) {
    case "graph": {
      if (key === "enter") return withInputs(withExecution(state, { tab: "data" }));
      const step = execution.workflow && boxBeside(execution.workflow, focusOf(execution), key);
      return step === undefined ? undefined : selected(state, step);
    }
    case "steps": {
      const steps = shownPicture(execution)?.steps ?? [];
      const at = Math.max(
        0,
        steps.findIndex(({ step }) => step === focusOf(execution)),
      );
      if (key === "enter") {
        const step = steps[at]?.step;
        return step === undefined ? next(state) : withInputs(withExecution(state, { tab: "data", step, item: 0 }));
      }
      const to = moved(key, at, steps.length, pageOf(state));
      const step = to === undefined ? undefined : steps[to]?.step;
      return step === undefined ? undefined : selected(state, step);
    }
    case "timeline": {
      if (key === "/") return filterPrompt(state);
      const events = shownEvents(execution);
      const at = execution.cursor.timeline ?? events.length - 1;
      const event = events[at];
      if (key === "enter" && event) {
        const opened = withExecution(state, { opened: { scroll: 0 }, cursor: { ...execution.cursor, timeline: at } });
        return next(event.step === null ? opened : withExecution(opened, { step: event.step }));
      }
      return cursor(state, execution, "timeline", key, at, events.length);
    }
    case "logs": {
      if (key === "/") return filterPrompt(state);
      const { length } = logLines(shownEvents(execution));
      return cursor(state, execution, "logs", key, execution.cursor.logs ?? length - 1, length);
    }
    case "data":
      return dataKey(state, execution, key);
  }
}

function selected(state: State, step: string): Next {
  return next(withExecution(state, { step, item: 0, cursor: { ...state.execution?.cursor, data: 0 } }));
}

/** At its end a list goes on with what comes. */
function cursor(
  state: State,
  { cursor: all }: ExecutionState,
  name: "timeline" | "logs",
  key: string,
  at: number,
  count: number,
): Next | undefined {
  const to = moved(key, at, count, pageOf(state));
  if (to === undefined) return undefined;
  const rest: ExecutionState["cursor"] = without(all, name);
  return next(withExecution(state, { cursor: to >= count - 1 ? rest : { ...rest, [name]: to } }));
}

/** Where the last page of so many lines begins. */
const lastPage = (lines: number, state: State) => Math.max(1, lines - pageOf(state) + 1);

function dataKey(state: State, execution: ExecutionState, key: string): Next | undefined {
  // How long the page is, only its view knows.
  const pages = lastPage(dataLines(execution, { ascii: false }).length, state);
  const to = moved(key, execution.cursor.data, pages, pageOf(state));
  if (to !== undefined) return next(withExecution(state, { cursor: { ...execution.cursor, data: to } }));
  if (key === "[" || key === "]") {
    const total = shownPicture(execution)?.steps.find(({ step }) => step === focusOf(execution))?.loop?.total ?? 1;
    const item = Math.min(total - 1, Math.max(0, execution.item + (key === "[" ? -1 : 1)));
    return withInputs(withExecution(state, { item }));
  }
  if (key !== "n" && key !== "N") return undefined;
  const steps = shownPicture(execution)?.steps ?? [];
  const at = steps.findIndex(({ step }) => step === focusOf(execution));
  const step = steps[(at + (key === "n" ? 1 : steps.length - 1)) % Math.max(1, steps.length)]?.step;
  return step === undefined ? next(state) : withInputs(selected(state, step).state);
}

/** The inputs of the selected step are asked for when they are looked at. */
export function withInputs(state: State): Next {
  const { execution } = state;
  const step = execution && focusOf(execution);
  if (execution?.tab !== "data" || step === undefined) return next(state);
  const { id, item, inputs } = execution;
  if (inputs?.step === step && inputs.item === item) return next(state);
  return next(state, { do: "inputs", id, step, item });
}

function openedKey(state: State, execution: ExecutionState, key: string): Next | undefined {
  if (key === "esc" || key === "enter") return next({ ...state, execution: without(execution, "opened") });
  const events = shownEvents(execution);
  const at = execution.cursor.timeline ?? events.length - 1;
  const event = events[at];
  const pages = lastPage(event ? eventLines(execution, event).length : 1, state);
  const scroll = moved(key, execution.opened?.scroll ?? 0, pages, pageOf(state));
  if (scroll !== undefined) return next(withExecution(state, { opened: { scroll } }));
  const aside = key === "left" || key === "h" ? "up" : key === "right" || key === "l" ? "down" : undefined;
  if (!aside) return next(state);
  // The event before or after this one.
  const timeline = moved(aside, at, events.length, 1) ?? 0;
  return next(withExecution(state, { opened: { scroll: 0 }, cursor: { ...execution.cursor, timeline } }));
}
