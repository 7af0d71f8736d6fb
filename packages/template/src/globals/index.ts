import type { At } from "../error.ts";
import { fail } from "../error.ts";
import { arg, textArg, wholeArg } from "../filters/filter.ts";
import type { Run } from "../run.ts";
import { entriesOf, listOf } from "../value/iterate.ts";
import type { CallArguments, PlainMap } from "../value/kind.ts";
import { isMap, plain, put } from "../value/kind.ts";
import { text } from "../value/text.ts";
import { Cycler, Joiner, Namespace } from "./namespace.ts";
import { formatTime } from "./time.ts";

type Global = (args: CallArguments, run: Run, at: At) => unknown;

const MAX_RANGE = 100_000;

/** ISO-8601 in UTC, or by a format; the time is given by the host, so that a replay sees the same. */
const now: Global = (args, run, at) => {
  const time = run.options.now?.();
  if (time === undefined) return fail(at, "E_TPL_CALL", "'now' is not available here");
  const format = plain(arg(args, 0, "format"));
  return format === undefined || format === null ? new Date(time).toISOString() : formatTime(time, text(format), at);
};

const uuid: Global = (_args, run, at) => run.options.uuid?.() ?? fail(at, "E_TPL_CALL", "'uuid' is not available here");

const token: Global = (args, run, at) => {
  if (!run.options.token) fail(at, "E_TPL_CALL", "'token' is available only where the tool runs");
  const audience = arg(args, 1, "audience");
  return run.options.token(textArg(args, 0, "name", ""), audience === undefined ? undefined : text(audience));
};

const range: Global = (args, run, at) => {
  const single = args.positional.length < 2;
  const start = single ? 0 : wholeArg(args, 0, "start", 0, at);
  const stop = wholeArg(args, single ? 0 : 1, "stop", 0, at);
  const step = wholeArg(args, 2, "step", 1, at);
  if (step === 0) fail(at, "E_TPL_VALUE", "a range cannot have step 0");
  const length = Math.max(0, Math.ceil((stop - start) / step));
  if (length > MAX_RANGE) fail(at, "E_TPL_LIMIT", `a range has at most ${MAX_RANGE} numbers`);
  run.charge(length, at);
  return Array.from({ length }, (_, i) => start + i * step);
};

function pairs(args: CallArguments, run: Run, at: At): [string, unknown][] {
  const source = plain(args.positional[0]);
  const given: readonly unknown[] =
    source === undefined || isMap(source) ? entriesOf(source, run, at) : listOf(source, run, at);
  return [
    ...given.map((pair): [string, unknown] => {
      const [key, value] = listOf(pair, run, at);
      return [text(key), value];
    }),
    ...(args.named ?? []),
  ];
}

const dict: Global = (args, run, at) => {
  const map: PlainMap = {};
  for (const [key, value] of pairs(args, run, at)) put(map, key, value);
  return map;
};

const namespace: Global = (args, run, at) => {
  const made = new Namespace();
  for (const [key, value] of pairs(args, run, at)) made.set(key, value);
  return made;
};

const cycler: Global = ({ positional }, _run, at) =>
  positional.length > 0 ? new Cycler(positional) : fail(at, "E_TPL_CALL", "cycler needs values");

const joiner: Global = (args) => new Joiner(arg(args, 0, "sep") ?? ", ");

/** Functions that every template has (DSL §8.7). */
export const GLOBALS: ReadonlyMap<string, Global> = new Map([
  ["now", now],
  ["uuid", uuid],
  ["token", token],
  ["range", range],
  ["dict", dict],
  ["namespace", namespace],
  ["cycler", cycler],
  ["joiner", joiner],
]);
