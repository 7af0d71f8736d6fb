import type { At } from "../error.ts";
import { fail } from "../error.ts";
import type { Run } from "../run.ts";
import { TESTS } from "../tests.ts";
import { listOf } from "../value/iterate.ts";
import type { CallArguments } from "../value/kind.ts";
import { isView, plain } from "../value/kind.ts";
import { text } from "../value/text.ts";
import { truthy } from "../value/truth.ts";
import { attributeGetter } from "./attribute.ts";
import type { Filter } from "./filter.ts";
import { arg, behind } from "./filter.ts";

/** The filters that take the name of a test. */
function selection(keep: boolean, byAttribute: boolean): Filter {
  return (value, args, run, at) => {
    const get = byAttribute ? attributeGetter(arg(args, 0, "attribute"), at) : (item: unknown) => item;
    const passes = testOf(args, byAttribute ? 1 : 0, run, at);
    return listOf(value, run, at).filter((item) => passes(get(item)) === keep);
  };
}

function testOf(args: CallArguments, index: number, run: Run, at: At): (value: unknown) => boolean {
  const name = args.positional[index];
  if (name === undefined) return truthy;
  const test = TESTS.get(text(name));
  if (!test) return fail(at, "E_TPL_TEST", `unknown test '${text(name)}'`);
  const rest = behind(args, index + 1);
  return (value) => test(value, rest, run, at);
}

/** `map` needs the table of filters, which needs `map`: the table is given. */
export function mapFilter(filters: () => ReadonlyMap<string, Filter>): Filter {
  return (value, args, run, at) => {
    const items = listOf(value, run, at);
    const attribute = args.named?.get("attribute");
    if (attribute !== undefined) return items.map(attributeGetter(attribute, at, args.named?.get("default")));
    const name = text(args.positional[0]);
    const filter = filters().get(name);
    if (!filter) return fail(at, "E_TPL_FILTER", `unknown filter '${name}' in map`);
    const rest = behind(args, 1);
    return items.map((item) => filter(item, rest, run, at));
  };
}

/** Attributes only, never keys: a map has none, as in Jinja. */
const attr: Filter = (value, args) => {
  const name = plain(arg(args, 0, "name"));
  return isView(value) && typeof name === "string" ? value.attribute(name) : undefined;
};

export const SELECTION: readonly (readonly [string, Filter])[] = [
  ["select", selection(true, false)],
  ["reject", selection(false, false)],
  ["selectattr", selection(true, true)],
  ["rejectattr", selection(false, true)],
  ["attr", attr],
];
