import { compile } from "../../../packages/template/src/index.ts";
import { inTurns } from "../measure.ts";
import { type Part, sized } from "../part.ts";

const USERS = [
  { name: "bob", age: 30, active: true },
  { name: "al", age: 25, active: false },
  { name: "cy", age: 30, active: true },
];
const RESULT = { status: "ok", data: { rows: [{ id: 1 }, { id: 2 }] } };
const CONTEXT: { [name: string]: unknown } = { users: USERS, n: 3, result: RESULT };
const NAMES = { lookup: (name: string) => (Object.hasOwn(CONTEXT, name) ? CONTEXT[name] : undefined) };

const TEXT =
  "{% for u in users if u.active %}{{ loop.index }}:{{ u.name | upper }}={{ u.age + 1 }},{% endfor %}{{ result | tojson }}{{ missing | default('x') }}";
const PATH = "{{ result.data.rows[0].id }}";

/** What TEXT says, written as a function. */
function byHand(): string {
  let text = "";
  let index = 0;
  for (const user of USERS) if (user.active) text += `${++index}:${user.name.toUpperCase()}=${user.age + 1},`;
  return `${text}${JSON.stringify(RESULT)}x`;
}

/** µs a call, after a warm-up. */
function each(work: () => unknown, times: number): number {
  for (let time = 0; time < times / 4; time++) work();
  const began = performance.now();
  for (let time = 0; time < times; time++) work();
  return ((performance.now() - began) * 1_000) / times;
}

/** A cached render, against the function that one could write instead. */
export const template: Part = {
  name: "template",
  async run(bench) {
    const times = sized(bench, 100_000, 10);
    const loop = compile(TEXT);
    if (loop.render(NAMES) !== byHand()) throw new Error("the template does not say what the function says");
    const path = compile(PATH);
    const rounds = sized(bench, 5, 1);
    const pairs = await inTurns(
      rounds,
      () => each(() => loop.render(NAMES), times),
      () => each(byHand, times),
    );
    const paths = await inTurns(
      rounds,
      () => each(() => path.render(NAMES), times),
      () => each(byHand, times),
    );
    return [
      {
        name: "template with a loop, filters, tojson",
        unit: "µs",
        value: pairs.value,
        spread: pairs.spread,
        control: { name: "the same by hand", value: pairs.control },
        ratio: pairs.ratio,
        budget: 5,
        limit: 12,
      },
      { name: "template that is a path", unit: "µs", value: paths.value, spread: paths.spread },
    ];
  },
};
