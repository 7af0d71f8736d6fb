import { join } from "node:path";
import { fetchBun } from "../binary/bun.ts";
import { fetchPackage, installTools } from "../fetch/package.ts";
import type { Packed } from "../pack/pack.ts";
import { type Platform, platformHere } from "../platforms.ts";
import { MANAGERS, MODES, type Programs, tryCell } from "./matrix.ts";
import { promote, publishAll, type Target } from "./publish.ts";
import { startRegistry } from "./registry.ts";
import { smoke } from "./smoke.ts";

/** Versions of the rehearsal: a pnpm and a Yarn that still run on Node 20. */
const TOOLS = { verdaccio: "6.10.4", pnpm: "10.34.9", yarn: "1.22.22", npm: "11.21.2" };
/** verdaccio asks for a tag of it that not every mirror has. */
const OVERRIDES = { "node-fetch": "2.7.0" };
const NODES: Readonly<Record<string, string>> = { 20: "20.20.2", 22: "22.23.3", 24: "24.21.0" };

/**
 * A release from the first to the last step against a registry on this machine, then every way to install it. Returns
 * what each combination gave; throws at the first that is not as it must be.
 */
export async function rehearse(options: {
  root: string;
  packed: Packed;
  note: (text: string) => void;
}): Promise<Record<string, string>[]> {
  const { root, packed, note } = options;
  const here = platformHere();
  if (here?.os !== "linux") throw new Error("the rehearsal needs Linux: the other Nodes come from npm packages for it");
  const tools = await installTools(TOOLS, OVERRIDES);
  const programs = await programsOf(tools, here);
  const registry = await startRegistry(tools);
  try {
    const target: Target = { url: registry.url, npm: registry.npm, provenance: false, note };
    await publishAll(packed, target);
    await publishAll(packed, target);
    const { name, version } = packed.wrapper;
    const playbook = join(root, "examples", "hello.yaml");
    await smoke({ spec: `${name}@next`, version, npm: registry.npm, playbook });
    note(`${name}@next installs and runs`);
    await promote(packed.wrapper, target);
    const rows: Record<string, string>[] = [];
    for (const manager of MANAGERS) {
      for (const mode of MODES) {
        const row: Record<string, string> = { manager, mode };
        for (const node of Object.keys(NODES)) {
          const cell = { manager, mode, node };
          row[`Node ${node}`] = await tryCell(cell, {
            registry: registry.url,
            spec: name,
            version,
            playbook,
            programs,
          });
        }
        note(
          Object.values(row)
            .map((word) => word.padEnd(15))
            .join(""),
        );
        rows.push(row);
      }
    }
    return rows;
  } finally {
    await registry.stop();
  }
}

async function programsOf(tools: string, here: Platform): Promise<Programs> {
  const nodes: Record<string, string> = {};
  for (const [major, version] of Object.entries(NODES)) {
    nodes[major] = join(await fetchPackage(`node-linux-${here.cpu}`, version), "bin");
  }
  return {
    nodes,
    managers: {
      npm: ["node", join(tools, "npm", "bin", "npm-cli.js")],
      pnpm: ["node", join(tools, "pnpm", "bin", "pnpm.cjs")],
      yarn: ["node", join(tools, "yarn", "bin", "yarn.js")],
      bun: [await fetchBun(here)],
    },
  };
}
