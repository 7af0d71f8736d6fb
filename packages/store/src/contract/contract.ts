import { after, before, describe } from "node:test";
import { NoetlError } from "@noetl/core";
import type { Store } from "../store.ts";
import { besideContract } from "./beside.ts";
import { commandsContract } from "./commands.ts";
import { consoleContract } from "./console.ts";
import { logContract } from "./log.ts";
import { outboxContract } from "./outbox.ts";
import { recordsContract } from "./records.ts";
import { registryContract } from "./registry.ts";
import { turnsContract } from "./turns.ts";
import { valuesContract } from "./values.ts";
import type { World } from "./world.ts";

/** What every adapter must do, whoever calls. */
export function storeContract(name: string, make: () => Promise<World>): void {
  describe(`store contract: ${name}`, () => {
    let world: World | undefined;
    let store: Store | undefined;
    before(async () => {
      world = await make();
      store = await world.open();
    });
    after(async () => {
      await store?.close();
      await world?.close();
    });
    const theWorld = () => present(world);
    const theStore = () => present(store);
    logContract(theWorld, theStore);
    recordsContract(theWorld, theStore);
    commandsContract(theWorld, theStore);
    turnsContract(theWorld, theStore);
    outboxContract(theWorld, theStore);
    registryContract(theWorld, theStore);
    valuesContract(theWorld, theStore);
    consoleContract(theWorld, theStore);
    besideContract(theWorld, theStore);
  });
}

function present<T>(value: T | undefined): T {
  if (value === undefined) throw new NoetlError("internal", "E_TEST", "the world was not made");
  return value;
}
