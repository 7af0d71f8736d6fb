import type { EventBody } from "../events.ts";
import { ended, exhausted } from "../state/state.ts";
import { decideAbandoned, decideDispatch } from "./dispatch.ts";
import { decideEnd } from "./end.ts";
import { decideEnter } from "./enter.ts";
import { decideFinish } from "./finish.ts";
import { decideOpen } from "./open.ts";
import type { Sight } from "./sight.ts";

/**
 * state → the next event of the engine, if there is one. Looks at the state alone; folding the event makes it look
 * at the next thing. So a log that is cut anywhere, between two decisions too, goes on the same way (invariant 5).
 * Throws NeedBody when a stored result must be fetched first.
 */
export function nextDecision(sight: Sight): EventBody | undefined {
  const { state } = sight;
  sight.uuids = 0;
  if (state.start === undefined || ended(state)) return undefined;
  if (state.startError === undefined && !state.opened) return decideOpen(sight);
  return (
    decideAbandoned(state) ?? decideFinish(sight) ?? decideDispatch(sight) ?? decideToken(sight) ?? decideEnd(sight)
  );
}

function decideToken(sight: Sight): EventBody | undefined {
  const { state } = sight;
  if (state.draining || exhausted(state)) return undefined;
  const verdict = state.tokens.next();
  if (verdict === undefined) return undefined;
  const { target } = verdict;
  if (verdict.kind === "drop") return { type: "token.dropped", target, from: verdict.token.from ?? "" };
  return decideEnter(sight, target, verdict.tokens, false);
}
