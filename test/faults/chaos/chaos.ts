import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { ensureError, isNoetlError } from "@noetl/core";
import { type Chance, chanceOf } from "../../simulation/chance.ts";
import { type Audit, audit, entriesOf } from "./audit.ts";
import { openLoad } from "./load.ts";
import { playbooks } from "./playbooks.ts";
import { openWire } from "./wire.ts";
import { type ChaosWorld, chaosWorld, type Kind, type Victim } from "./world.ts";

export interface ChaosOptions {
  rounds: number;
  /** of who dies when; what the machine does meanwhile has no seed */
  seed: string;
  note(what: string): void;
}

export interface Summary extends Audit {
  seconds: number;
  kills: { [kind in Kind]: number };
}

const KINDS: readonly Kind[] = ["server", "worker", "postgres", "nats-server"];
/** How long runs may need to end after the last kill, ms. */
const PATIENCE_MS = 90_000;

/**
 * Rounds of `kill -9` under load, then an audit (issue "Serve", proof). Undefined when there is no nats-server. Each round kills
 * one process, now and then two, and starts them again; every kind has its turn in four rounds.
 */
export async function chaos({ rounds, seed, note }: ChaosOptions): Promise<Summary | undefined> {
  const began = Date.now();
  const world = await chaosWorld();
  if (!world) return undefined;
  try {
    const ledger = join(world.folder, "ledger");
    await writeFile(ledger, "");
    await register(world, ledger);
    const openRuns = openRunsOf(world);
    const load = openLoad(world.urls, openRuns);
    const kills = { server: 0, worker: 0, postgres: 0, "nats-server": 0 };
    try {
      await killing(world, { rounds, chance: chanceOf(seed), kills, note });
      load.stopStarting();
      await quiet(openRuns, note);
    } finally {
      await load.close();
    }
    const entries = entriesOf(await readFile(ledger, "utf8"));
    return { ...(await audit(world.store, load.promises, entries)), kills, seconds: (Date.now() - began) / 1_000 };
  } finally {
    await world.store
      .close()
      .catch((error: unknown) => note(`the store does not close: ${ensureError(error).message}`));
    await world.close();
  }
}

async function register(world: ChaosWorld, ledger: string): Promise<void> {
  const wire = openWire(world.urls, AbortSignal.timeout(30_000));
  for (const content of playbooks(ledger)) {
    const answer = await wire.ask("/api/catalog/register", { content });
    if (answer?.status !== 200) throw new Error(`a playbook was refused: ${JSON.stringify(answer?.body)}`);
  }
}

async function killing(
  world: ChaosWorld,
  {
    rounds,
    chance,
    kills,
    note,
  }: { rounds: number; chance: Chance; kills: Summary["kills"]; note(what: string): void },
): Promise<void> {
  let kinds: Kind[] = [];
  for (let round = 1; round <= rounds; round++) {
    if (kinds.length === 0) kinds = [...KINDS].sort(() => chance.next() - 0.5);
    const kind = kinds.pop();
    const victims = new Set<Victim>([chance.pick(world.victims.filter((victim) => victim.kind === kind))]);
    if (chance.hit(0.25)) victims.add(chance.pick(world.victims));
    await setTimeout(chance.between(200, 1_200));
    note(`round ${round}: kill -9 ${[...victims].map(({ name }) => name).join(" and ")}`);
    await Promise.all([...victims].map((victim) => victim.kill()));
    for (const victim of victims) kills[victim.kind] += 1;
    await setTimeout(chance.between(0, 600));
    await Promise.all([...victims].map((victim) => victim.revive()));
  }
}

/** Counts runs that nobody called and that have not ended; while the database is away, as many as there were. */
function openRunsOf(world: ChaosWorld): () => Promise<number> {
  let last = 0;
  return async () => {
    try {
      const open = await world.store.executions.list({ parent: null, status: ["PENDING", "RUNNING", "CANCELLING"] });
      last = open.length;
    } catch (error) {
      if (!isNoetlError(error) || error.meaning === "validation") throw error;
    }
    return last;
  };
}

async function quiet(openRuns: () => Promise<number>, note: (what: string) => void): Promise<void> {
  const until = Date.now() + PATIENCE_MS;
  for (let open = await openRuns(); open > 0 && Date.now() < until; open = await openRuns()) {
    note(`${open} runs are open`);
    await setTimeout(1_000);
  }
}
