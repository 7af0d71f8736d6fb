import { openExecution, screenKey } from "./keys.ts";
import type { Message } from "./message.ts";
import { promptKey } from "./prompt.ts";
import { beat } from "./replay.ts";
import type { Link, State } from "./state.ts";
import { type Next, next, noticed, withExecution, without } from "./step.ts";

/** state × message → state, and what is to be done because of it. Pure; knows neither terminal nor source. */
export function update(state: State, message: Message): Next {
  switch (message.type) {
    case "key":
      return state.prompt ? promptKey(state, state.prompt, message.key) : screenKey(state, message.key);
    case "resize":
      return next({ ...state, size: { columns: message.columns, rows: message.rows } });
    case "tick":
      return next(ticked(state, message.now));
    case "beat":
      return beat(state);
    case "link":
      return next({ ...state, link: linked(state, message) });
    case "executions":
      return next({ ...state, executions: { ...state.executions, rows: message.rows } });
    case "execution": {
      const { detail, workflow, problem } = message;
      if (detail.id !== state.execution?.id) return next(state);
      return next(
        withExecution(state, {
          detail,
          ...(workflow ? { workflow } : {}),
          ...(problem === undefined ? {} : { problem }),
        }),
      );
    }
    case "events":
      return next(withEvents(state, message));
    case "picture":
      return next(withPicture(state, message));
    case "inputs": {
      const { id, step, item, given } = message;
      return next(id === state.execution?.id ? withExecution(state, { inputs: { step, item, given } }) : state);
    }
    case "playbooks":
      return next({ ...state, playbooks: { ...state.playbooks, rows: message.rows } });
    case "playbook": {
      const { text, workflow, problem } = message;
      if (state.playbook?.path !== text.path) return next(state);
      const old = without(state.playbook, "workflow", "problem");
      const shown = { ...(workflow ? { workflow } : {}), ...(problem === undefined ? {} : { problem }) };
      return next({ ...state, playbook: { ...old, text, ...shown } });
    }
    case "workers":
      return next({ ...state, workers: { ...state.workers, force: message.force } });
    case "done": {
      const told = noticed(state, message.text);
      return message.open === undefined ? next(told) : next(openExecution(told, message.open));
    }
    case "failed":
      return next(noticed(state, message.text, true));
  }
}

function ticked(state: State, now: number): State {
  const later = { ...state, now };
  return later.notice && later.notice.until <= now ? without(later, "notice") : later;
}

function linked({ link, now }: State, message: Extract<Message, { type: "link" }>): Link {
  if (message.up) return link.state === "up" ? link : { state: "up" };
  const since = link.state === "lost" ? link.since : now;
  return { state: "lost", message: message.message, since };
}

function withEvents(state: State, { id, events }: Extract<Message, { type: "events" }>): State {
  const { execution } = state;
  if (execution?.id !== id) return state;
  const known = new Set(execution.events.map((event) => event.id));
  const fresh = events.filter((event) => !known.has(event.id));
  if (fresh.length === 0) return state;
  return withExecution(state, { events: [...execution.events, ...fresh] });
}

function withPicture(state: State, { id, at, picture }: Extract<Message, { type: "picture" }>): State {
  const { execution } = state;
  if (execution?.id !== id) return state;
  if (at === undefined) return withExecution(state, { picture });
  const { replay } = execution;
  // An answer that was overtaken shows the past of a replay that plays, and nothing true of one that stands.
  if (!replay || (at !== replay.at && !(replay.playing && at < replay.at))) return state;
  return withExecution(state, { replay: { ...replay, picture } });
}
