import type { Playbook } from "@noetl/playbook";
import fc from "fast-check";
import type { Command, EventBody, LogEvent, Run, Wait } from "../../src/index.ts";
import type { Answer, HostOptions } from "./host.ts";
import { type ArcShape, playbook, type StepShape } from "./playbook.ts";

export interface World {
  playbook: Playbook;
  host: HostOptions;
  acyclic: boolean;
  /** no failures, no cancel: what runs does not depend on the order of completion */
  calm: boolean;
}

export interface WorldOptions {
  acyclic?: boolean;
  calm?: boolean;
  cancel?: boolean;
  /** reports that come twice */
  duplicates?: boolean;
}

/** A number in [0, 1) that depends on the text alone. */
export function chance(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193) >>> 0;
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d) >>> 0;
  return ((hash ^ (hash >>> 13)) >>> 0) / 2 ** 32;
}

interface StepSeed {
  arcs: { to: number; kind: number }[];
  inclusive: boolean;
  loop: number;
  guard: number;
  timeout: boolean;
}

const stepSeed = fc.record<StepSeed>({
  arcs: fc.array(fc.record({ to: fc.nat(99), kind: fc.nat(9) }), { minLength: 1, maxLength: 4, size: "max" }),
  inclusive: fc.nat(9).map((n) => n < 6),
  loop: fc.nat(9),
  guard: fc.nat(9),
  timeout: fc.nat(9).map((n) => n === 0),
});

/** Playbooks with joins, loops, cycles, guards, parked calls, failures and lost workers, and a host to run them. */
export function worlds(options: WorldOptions = {}): fc.Arbitrary<World> {
  const { acyclic = false, calm = false, cancel = false, duplicates = true } = options;
  // Small values first would mean loops everywhere and hardly an arc.
  return fc
    .noBias(
      fc.record({
        steps: fc.array(stepSeed, { minLength: 3, maxLength: 10, size: "max" }),
        seed: fc.nat(1_000_000),
        final: fc.nat(4),
        strict: fc.nat(9),
        stopAt: fc.integer({ min: 2, max: 80 }),
      }),
    )
    .map(({ steps, seed, final, strict, stopAt }) => {
      const shapes = steps.map((step, at): [string, StepShape] => [
        nameOf(at),
        shapeOf(step, at, steps.length, acyclic),
      ]);
      const last = nameOf(steps.length - 1);
      return {
        acyclic,
        calm,
        playbook: playbook(Object.fromEntries(shapes), {
          spec: { ...(final === 0 ? { final_step: last } : {}), no_next_is_error: !calm && strict === 0 },
        }),
        host: hostOf({ seed: `${seed}`, calm, duplicates }, cancel ? stopAt : undefined),
      };
    });
}

const nameOf = (index: number) => `s${index}`;

function shapeOf(seed: StepSeed, at: number, size: number, acyclic: boolean): StepShape {
  const room = size - at - 1;
  const arcs = seed.arcs.flatMap(({ to, kind }, index): ArcShape[] => {
    if (acyclic && room === 0) return [];
    const target = acyclic ? at + 1 + (to % room) : to % (size + 1);
    // `end` is not there: the arc ends the branch
    return [{ to: target === size ? "end" : nameOf(target), ...conditionOf(kind, index, at, target > at) }];
  });
  return {
    arcs,
    mode: seed.inclusive ? "inclusive" : "exclusive",
    set: { [`ctx.n_${nameOf(at)}`]: `{{ (ctx.n_${nameOf(at)} | default(0)) + 1 }}` },
    ...(seed.guard === 0 ? { guard: `{{ ctx.n_${nameOf((at + 1) % size)} is not defined }}` } : {}),
    ...(seed.timeout ? { spec: { deadline_s: 3_600 } } : {}),
    ...loopOf(seed.loop),
  };
}

/** Unconditional only forward, and by counter otherwise, so that every cycle ends. */
function conditionOf(kind: number, index: number, at: number, forward: boolean): Omit<ArcShape, "to"> {
  if (kind === 0) return { when: "{{ output.status == 'error' }}", set: { [`ctx.caught_${at}`]: "{{ error.kind }}" } };
  if (forward && kind < 5) return kind === 1 ? { set: { "ctx.arc": at }, input: { from: at } } : {};
  const picked = `(output.p is defined and output.p[${index}])`;
  return { when: `{{ ${picked} and (ctx.n_${nameOf(at)} | default(0)) < 3 }}` };
}

function loopOf(kind: number): StepShape {
  const items = ["a", "b", "c", "d"];
  if (kind === 0) return { loop: { in: items, mode: "parallel", max_in_flight: 2 } };
  if (kind === 1) return { loop: { in: items.slice(0, 3), failure: "best_effort" } };
  if (kind === 2) return { loop: { in: items, mode: "parallel", failure: "best_effort" } };
  if (kind === 3) return { loop: { in: [] } };
  return {};
}

interface Fate {
  seed: string;
  calm: boolean;
  duplicates: boolean;
}

function hostOf(fate: Fate, stopAt: number | undefined): HostOptions {
  const { seed, calm } = fate;
  const bodies: { [ref: string]: { p: boolean[] } } = {};
  return {
    rank: (key) => chance(`${seed}/rank/${key}`),
    behave: (command) => answerOf(fate, command, bodies),
    bodies,
    child: (_wait, id) => {
      const fails = !calm && chance(`${seed}/child/${id}`) < 0.2;
      const error = { kind: "child_failed" as const, retryable: false, message: "the child failed" };
      return fails ? { child_execution_id: null, status: "FAILED", error } : { result: { data: { child: id } } };
    },
    ...(stopAt === undefined
      ? {}
      : { interrupt: (_run: Run, events: readonly LogEvent[]) => stopOnce(events, stopAt) }),
  };
}

function stopOnce(events: readonly LogEvent[], stopAt: number): EventBody | undefined {
  const told = events.filter((event) => !("pending_callback" in event));
  if (told.length < stopAt || events.some((event) => event.type === "execution.cancel_requested")) return undefined;
  return { type: "execution.cancel_requested", reason: "chance" };
}

function answerOf(
  { seed, calm, duplicates }: Fate,
  command: Command,
  bodies: { [ref: string]: { p: boolean[] } },
): Answer {
  const { issued, command_id: id } = command;
  const roll = (what: string) => chance(`${seed}/${what}/${id}/${issued.attempt}`);
  if (!command.resume) {
    const wait = waitOf(roll("park"));
    if (wait) return { park: wait };
  }
  if (!calm && roll("lost") < 0.05) return { lost: true };
  if (!calm && roll("fail") < 0.12 * chance(`${seed}/failing`))
    return { error: { kind: "server_error", message: `${id} failed` } };
  const data = { p: [0, 1, 2, 3].map((arc) => roll(`arc${arc}`) < 0.75), at: issued.iteration ?? null };
  const twice = duplicates && roll("twice") < 0.1 ? { twice: true as const } : {};
  if (roll("ref") > 0.1) return { data, ...twice };
  const ref = `noetl://execution/x1/result/${id}`;
  bodies[ref] = data;
  return {
    ref: {
      kind: "result_ref",
      ref,
      store: "kv",
      scope: "execution",
      expires_at: null,
      meta: { bytes: 1, sha256: "", media_type: "application/json" },
      extracted: {},
    },
  };
}

function waitOf(roll: number): Wait | undefined {
  if (roll < 0.05) return { kind: "timer", delay_ms: 40_000 };
  if (roll < 0.08) return { kind: "callback", token: "t", timeout_ms: 9_000, info: roll < 0.065 ? { answer: 1 } : {} };
  if (roll > 0.12) return undefined;
  const common = { payload: {}, return_result: true, timeout_ms: 60_000, cancel_on_timeout: false };
  return { kind: "child", path: "lib/child", wait: roll < 0.1, ...common };
}
