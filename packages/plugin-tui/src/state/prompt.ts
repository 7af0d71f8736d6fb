import { isObject, type JsonObject } from "@noetl/core";
import type { Action, Prompt, State } from "./state.ts";
import { type Next, next, noticed, withExecution, without } from "./step.ts";

/** Keys while something is asked: what is typed goes into the answer. */
export function promptKey(state: State, prompt: Prompt, key: string): Next {
  const closed: State = without(state, "prompt");
  if (key === "ctrl-c") return next({ ...state, quit: "interrupt" });
  if (prompt.ask === "confirm") {
    if (key === "y" || key === "Y") return next(noticed(closed, `${DOING[prompt.action.do]} …`), prompt.action);
    return key === "n" || key === "N" || key === "esc" ? next(noticed(closed, "nothing was done")) : next(state);
  }
  if (key === "esc") {
    return next(prompt.ask === "filter" ? withFilter(closed, prompt.before) : noticed(closed, "nothing was started"));
  }
  if (key === "enter") return prompt.ask === "filter" ? next(closed) : submitted(state, closed, prompt);
  const text = typed(prompt.text, key);
  if (text === undefined) return next(state);
  if (prompt.ask === "filter") return next(withFilter({ ...state, prompt: { ...prompt, text } }, text));
  return next({ ...state, prompt: without({ ...prompt, text }, "problem") });
}

const DOING: Record<Action["do"], string> = {
  cancel: "cancelling",
  rerun: "starting again",
  resume: "going on",
  start: "starting",
};

function typed(text: string, key: string): string | undefined {
  if (key === "backspace" || key === "delete") return [...text].slice(0, -1).join("");
  if (key === "ctrl-u") return "";
  if (key === "space") return `${text} `;
  return [...key].length === 1 ? text + key : undefined;
}

function submitted(state: State, closed: State, prompt: Extract<Prompt, { ask: "workload" }>): Next {
  const workload = workloadOf(prompt.text);
  if (typeof workload === "string") return next({ ...state, prompt: { ...prompt, problem: workload } });
  const { path, version } = prompt;
  return next(noticed(closed, `starting ${path} …`), { do: "start", path, version, workload });
}

/** A JSON object, or `name=value` pairs whose values are JSON or text; else what is wrong. */
export function workloadOf(text: string): JsonObject | string {
  const given = text.trim();
  if (given === "") return {};
  if (given.startsWith("{")) {
    const value = parsed(given);
    return isObject(value) ? (value as JsonObject) : "that is not a JSON object";
  }
  const pairs = given.match(/[^\s=]+=(?:"[^"]*"|\[[^\]]*\]|\{.*\}|\S*)/g) ?? [];
  if (pairs.join(" ") !== given.replaceAll(/\s+/g, " ")) return "JSON, or name=value name=value …";
  const workload: JsonObject = {};
  for (const pair of pairs) {
    const equals = pair.indexOf("=");
    const value = pair.slice(equals + 1);
    const meant = parsed(value);
    if (meant === undefined && /^[[{"]/.test(value)) return `${value} is not JSON`;
    workload[pair.slice(0, equals)] = (meant ?? value) as JsonObject[string];
  }
  return workload;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

export function filterOf(state: State): string {
  if (state.screen === "executions") return state.executions.filter;
  if (state.screen === "playbooks") return state.playbooks.filter;
  return state.execution?.filter ?? "";
}

export function withFilter(state: State, filter: string): State {
  if (state.screen === "executions") return { ...state, executions: { ...state.executions, filter } };
  if (state.screen === "playbooks") return { ...state, playbooks: { ...state.playbooks, filter } };
  return withExecution(state, { filter, cursor: { data: state.execution?.cursor.data ?? 0 } });
}

export function filterPrompt(state: State): Next {
  const text = filterOf(state);
  return next({ ...state, prompt: { ask: "filter", text, before: text } });
}
