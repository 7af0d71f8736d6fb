/** µs per cached render: `node scripts/bench/template.ts [template]` */
import { compile } from "../../packages/template/src/index.ts";

const users = [
  { name: "bob", age: 30, active: true },
  { name: "al", age: 25, active: false },
  { name: "cy", age: 30, active: true },
];
const context: Record<string, unknown> = {
  users,
  n: 3,
  result: { status: "ok", data: { rows: [{ id: 1 }, { id: 2 }] } },
};
const names = { lookup: (name: string) => (Object.hasOwn(context, name) ? context[name] : undefined) };

const TEMPLATES: Record<string, string> = {
  path: "{{ result.data.rows[0].id }}",
  condition: "{{ result.status == 'ok' and n > 2 }}",
  mixed: "https://example.org/{{ n }}/{{ users[0].name | lower }}?q={{ result.status }}",
  loop: "{% for u in users if u.active %}{{ loop.index }}:{{ u.name | upper }}={{ u.age + 1 }},{% endfor %}{{ result | tojson }}{{ missing | default('x') }}",
};

const given = process.argv[2];
for (const [name, source] of Object.entries(given === undefined ? TEMPLATES : { given })) {
  const template = compile(source);
  const rounds = 200_000;
  for (let i = 0; i < rounds / 4; i++) template.render(names);
  const start = process.hrtime.bigint();
  for (let i = 0; i < rounds; i++) template.render(names);
  const us = Number(process.hrtime.bigint() - start) / 1_000 / rounds;
  console.log(`${name.padEnd(10)} ${us.toFixed(3)} µs/render`);
}
