import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { openInProcessBus } from "@noetl/bus";
import { NoetlError, snowflakes, systemClock } from "@noetl/core";
import type { EventBody, LogEvent } from "@noetl/engine";
import { openMemoryStore, type Store } from "@noetl/store";
import { createRegistry } from "@noetl/tools";
import { defaults } from "../config/config.ts";
import { type Core, openCore } from "../core.ts";
import { silent } from "../log.ts";
import { until } from "../testing/kit.ts";
import { reaper } from "./reaper.ts";
import { runSweep } from "./run-sweep.ts";

const noop = (name: string, tool: string) =>
  `apiVersion: noetl.io/v2\nkind: Playbook\nmetadata: {name: ${name}, path: lost/${name}}\nworkflow:\n  - {step: start, tool: ${tool}}\n`;
const LEASE = { ...defaults.claim, leaseMs: 20, staleMs: 20 };

async function world(t: TestContext, change: (store: Store) => Store = (store) => store) {
  const ids = snowflakes({ machine: 7 });
  const store = await openMemoryStore({ ids });
  const bus = openInProcessBus();
  const open = (over: Store) =>
    openCore({
      store: over,
      bus,
      config: { ...defaults, claim: LEASE },
      clock: systemClock,
      ids,
      tools: createRegistry(),
      log: silent,
      version: "0.0.0-test",
    });
  const core = open(change(store));
  t.after(async () => {
    core.stopTaking();
    await core.close();
    await bus.close();
    await store.close();
  });
  await store.catalog.register({ path: "lost/child", kind: "playbook", content: noop("child", "{kind: noop}") });
  await store.catalog.register({
    path: "lost/parent",
    kind: "playbook",
    content: noop("parent", "{kind: playbook, path: lost/child, return_result: true}"),
  });
  const start = async (path: string) => (await core.context.runs.start({ path, payload: {} })).execution_id;
  const types = async (id: string) => (await store.log.load(id)).map(({ type }) => type);
  return { store, core, open, start, types };
}

/** Claims the open command of a run and reports what `say` makes of it. */
async function work({ context }: Core, id: string, say: (site: Site) => EventBody[], times = 1): Promise<void> {
  const [row] = await context.store.commands.list({ execution_id: id, status: ["PENDING"] });
  assert.ok(row);
  const { command, row: held } = await context.claims.claim(row.event_id, "w");
  const { step, run, command_id } = command.issued;
  for (let time = 0; time < times; time++) {
    await context.ingest.take({
      execution_id: id,
      worker_id: "w",
      command_event_id: row.event_id,
      fence: held.fence,
      events: say({ step, run, command_id }).map((body) => ({
        type: body.type,
        step,
        payload: {},
        meta: {},
        worker_id: "w",
        event_id: undefined,
        body,
      })),
    });
  }
}

type Site = { step: string; run: number; command_id: string };
const meta = { attempt: 1, duration_ms: 0, tool: "noop", started_at: "" };
const done = (site: Site): EventBody[] => [
  { type: "call.done", ...site, updates: [], envelope: { status: "ok", data: 1, meta } },
  { type: "command.completed", ...site },
];
const parked = (site: Site): EventBody[] => [
  {
    type: "call.parked",
    ...site,
    updates: [],
    state: {
      memory: {
        machine: { phase: "running", at: 0, attempts: [1], runs: 1, jumps: {} },
        results: {},
        labels: [],
        prev: null,
        locals: {},
        iter: {},
        step: {},
        updates: [],
        input: {},
      },
      held: { type: "call", input: {}, started: 0 },
    },
    wait: {
      kind: "child",
      path: "lost/child",
      payload: {},
      wait: true,
      return_result: true,
      timeout_ms: 0,
      cancel_on_timeout: false,
    },
  },
  { type: "command.completed", ...site, pending_callback: true },
];

async function childOf(store: Store, id: string): Promise<string | undefined> {
  return (await store.executions.list({ parent: id }))[0]?.execution_id;
}

test("the end of a child reaches its parent also when the answer of the store was lost", async (t) => {
  let losses = 0;
  const { store, core, start, types } = await world(t, (store) => ({
    ...store,
    log: {
      ...store.log,
      async append(input) {
        const stored = await store.log.append(input);
        const ends = input.events.some((event: LogEvent) => event.type === "playbook.completed");
        if (ends && losses++ === 0) throw new NoetlError("unavailable", "LOST", "the answer was lost");
        return stored;
      },
    },
  }));
  await core.roles.start();
  const id = await start("lost/parent");
  await work(core, id, parked);
  const child = await until(() => childOf(store, id));
  await assert.rejects(work(core, child, done), { code: "LOST" });
  await until(async () => ((await types(id)).includes("child.completed") ? true : undefined));
});

test("a call that was parked is parked once, however often it is reported", async (t) => {
  const { core, start, types } = await world(t);
  const id = await start("lost/parent");
  await work(core, id, parked, 3);
  assert.equal((await types(id)).filter((type) => type === "call.parked").length, 1);
});

test("a sweep also starts the children of runs that this server had only looked at", async (t) => {
  const { store, core, open, start, types } = await world(t, (store) => ({
    ...store,
    dedup: { ...store.dedup, claim: () => Promise.reject(new NoetlError("unavailable", "AWAY", "not now")) },
  }));
  const id = await start("lost/parent");
  await work(core, id, parked);
  assert.equal(await childOf(store, id), undefined);
  const heir = open(store);
  t.after(() => heir.close());
  await heir.context.runs.get(id);
  await runSweep(heir.context, new Set()).run(new AbortController().signal);
  assert.ok((await types(id)).includes("child.started"));
});

test("a run that begins while the sweep thinks that it never began goes on", async (t) => {
  let begin = async () => {};
  const { store, core, types } = await world(t, (store) => ({
    ...store,
    executions: {
      ...store.executions,
      async list(filter) {
        const rows = await store.executions.list(filter);
        await begin();
        return rows;
      },
    },
    log: {
      ...store.log,
      // As servers before this one did it: the row first, and then they died.
      async append(input) {
        if (begun || !input.create) return store.log.append(input);
        await store.executions.create(input.create.summary, input.create.definition);
        throw new NoetlError("unavailable", "AWAY", "");
      },
    },
  }));
  let begun = false;
  const input = { path: "lost/child", payload: {}, dedup: { key: "k", window_ms: 60_000 } };
  await assert.rejects(core.context.runs.start(input), { code: "AWAY" });
  const [row] = await store.executions.list();
  assert.ok(row);
  begun = true;
  begin = async () => {
    begin = async () => {};
    await core.context.runs.start(input);
  };
  const late = { ...core.context, clock: { ...systemClock, now: () => Date.now() + 120_000 } };
  await runSweep(late, new Set()).run(new AbortController().signal);
  assert.deepEqual(await types(row.execution_id).then((all) => [all[0], all.includes("playbook.failed")]), [
    "playbook.initialized",
    false,
  ]);
});

test("a lease that is extended while the reaper looks is not lost", async (t) => {
  let extend = async () => {};
  const { store, core, start, types } = await world(t, (store) => ({
    ...store,
    commands: {
      ...store.commands,
      async stalled(input) {
        const rows = await store.commands.stalled(input);
        await extend();
        return rows;
      },
    },
  }));
  const id = await start("lost/child");
  const [row] = await store.commands.list({ execution_id: id });
  assert.ok(row);
  const { row: held } = await core.context.claims.claim(row.event_id, "w");
  await new Promise((resolve) => setTimeout(resolve, LEASE.leaseMs + 10));
  const claim = { event_id: row.event_id, worker_id: "w", fence: held.fence, lease_ms: 60_000 };
  extend = async () => void (await store.commands.heartbeat(claim));
  const publisher = {
    tell() {},
    wrote() {},
    start: async () => {},
    stop: async () => {},
    close: async () => {},
  };
  const { signal } = new AbortController();
  await reaper(core.context, publisher).run(signal);
  assert.ok(!(await types(id)).includes("command.lost"));
  extend = async () => {};
  await store.commands.heartbeat({ ...claim, lease_ms: -1 });
  await reaper(core.context, publisher).run(signal);
  assert.ok((await types(id)).includes("command.lost"));
});
