import { runTables } from "./0001-run.ts";
import { registryTables } from "./0002-registry.ts";
import { adoption } from "./0003-adoption.ts";
import { besideTables } from "./0004-beside.ts";

/** Forward only; the position is the version. Never edit one that was released. */
export const migrations: readonly { name: string; sql: string }[] = [
  { name: "run", sql: runTables },
  { name: "registry", sql: registryTables },
  { name: "adoption", sql: adoption },
  { name: "beside", sql: besideTables },
];
