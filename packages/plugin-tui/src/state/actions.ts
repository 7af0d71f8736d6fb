import { type Action, isOver, type State } from "./state.ts";
import { type Next, next, noticed } from "./step.ts";

/** `c`, `R`, `S` on an execution: a question first; undefined for other keys. */
export function actionKey(
  state: State,
  key: string,
  target: { id: string; status: string } | undefined,
): Next | undefined {
  if (key !== "c" && key !== "R" && key !== "S") return undefined;
  if (!target) return next(noticed(state, "no execution is selected", true));
  const { id, status } = target;
  const name = `…${id.slice(-6)}`;
  switch (key) {
    case "c":
      if (isOver(status)) return next(noticed(state, `execution ${name} is over: ${status}`, true));
      return next(asking(state, `Cancel execution ${name}?`, { do: "cancel", id }));
    case "R":
      return next(asking(state, `Run ${name} again with the same workload?`, { do: "rerun", id }));
    case "S":
      if (!state.source.canResume) {
        return next(noticed(state, "a server cannot go on with an execution; R runs it again", true));
      }
      if (status !== "FAILED" && status !== "INTERRUPTED" && status !== "CANCELLED") {
        return next(noticed(state, `only what failed or was interrupted can go on; ${name} is ${status}`, true));
      }
      return next(asking(state, `Go on with ${name} from where it stopped?`, { do: "resume", id }));
  }
}

function asking(state: State, question: string, action: Action): State {
  return { ...state, prompt: { ask: "confirm", question, action } };
}
