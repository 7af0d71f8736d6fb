import type { Json, JsonObject } from "@noetl/core";
import type { Plan } from "@noetl/playbook";
import { NeedBody, refsOf, templateCache } from "@noetl/scope";
import type { Advance, Run } from "./api.ts";
import { nextDecision } from "./decide/decide.ts";
import type { Sight } from "./decide/sight.ts";
import type { EventBody, LogEvent } from "./events.ts";
import { fold } from "./fold/fold.ts";
import { emptyState, type RunState } from "./state/state.ts";
import { commandOf, pendingOf, waitingOf } from "./view/commands.ts";
import { viewOf } from "./view/view.ts";

/** Bodies are read again when they are needed again; a long run must not hold all it ever saw. */
const BODIES_KEPT = 64;

/** A run with an empty log. See `Run` for how a host drives it. */
export function openRun(plan: Plan): Run {
  const templates = templateCache();
  const state = emptyState(
    plan,
    sharedRoots(plan, (tree) => refsOf(tree, templates).refs),
  );
  const sight: Sight = {
    state,
    templates,
    arcFacts: new WeakMap(),
    bodies: new Map(),
    missing: new Map(),
    uuids: 0,
  };

  function advance(stamp: (body: EventBody) => LogEvent): Advance {
    const events: LogEvent[] = [];
    try {
      for (let body = nextDecision(sight); body !== undefined; body = nextDecision(sight)) {
        const event = stamp(body);
        fold(state, event);
        events.push(event);
      }
    } catch (thrown) {
      if (!(thrown instanceof NeedBody)) throw thrown;
      return { events, need: neededWith(state, sight.bodies, thrown.ref) };
    }
    if (sight.bodies.size > BODIES_KEPT) sight.bodies.clear();
    return { events, need: [] };
  }

  return {
    plan,
    get status() {
      return state.status;
    },
    get seq() {
      return state.seq;
    },
    fold: (event) => fold(state, event),
    advance,
    provide(ref, body) {
      sight.missing.delete(ref);
      sight.bodies.set(ref, body);
    },
    missing(ref, message) {
      sight.missing.set(ref, message);
    },
    pending: () => pendingOf(state),
    command: (id) => commandOf(state, id),
    waiting: () => waitingOf(state),
    forsaken: state.forsaken,
    nextTimer: () => state.timers.next(),
    view: () => viewOf(state),
  };
}

/** A template that needs one part of a loop's aggregate mostly needs them all: asked for together, they are one round. */
function neededWith(state: RunState, bodies: ReadonlyMap<string, Json>, ref: string): string[] {
  const pending = [...state.active].flatMap(({ record }) => record ?? []);
  for (const { parts } of [...pending, ...state.records.values()]) {
    const refs = parts?.flatMap((part) => part?.ref?.ref ?? []) ?? [];
    if (refs.includes(ref)) return refs.filter((each) => !bodies.has(each));
  }
  return [ref];
}

/** What the keychain and the playbook's defaults read: workers resolve them for any step. */
function sharedRoots(plan: Plan, refs: (tree: Json) => readonly (readonly string[])[]): ReadonlySet<string> {
  const { keychain, executor } = plan.playbook;
  const { defaults, results } = executor.spec.policy;
  const trees: JsonObject[] = [...keychain.map(({ config }) => config), defaults, results];
  const paths = trees.flatMap((tree) => refs(tree));
  const whole = paths.some(([root, name]) => (root === "ctx" || root === "steps") && name === undefined);
  return new Set([...paths.flatMap((path) => path.slice(0, 2)), ...(whole ? ["*"] : [])]);
}
