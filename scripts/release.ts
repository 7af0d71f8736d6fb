/**
 * `npm run release:dry` rehearses a release against a registry on this machine: pack, publish in order, smoke test,
 * promote, then npm, pnpm, yarn and bun × normal, --ignore-scripts, without optional dependencies × Node 20, 22, 24.
 * `node scripts/release.ts publish|promote|assets` are the parts of a real one (RUNBOOK.md), run by the workflow.
 */
import { execFileSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Packed, packAll } from "./pack/pack.ts";
import type { Tarball } from "./pack/tarball.ts";
import { platformsAsked } from "./platforms-asked.ts";
import { makeAssets } from "./release/assets.ts";
import { promote, publishAll, type Target } from "./release/publish.ts";
import { rehearse } from "./release/rehearse.ts";
import { smoke } from "./release/smoke.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const out = join(root, "dist", "pack");
const assets = join(root, "dist", "release");
const [verb, ...rest] = process.argv.slice(2);
const note = (text: string) => console.log(text);
/** The registry that npm itself is set up for. */
const configured = (): Target => ({
  url: execFileSync("npm", ["config", "get", "registry"], { encoding: "utf8" }).trim(),
  npm: [],
  provenance: true,
  note,
});

switch (verb) {
  case "dry": {
    const packed = await packAll({ root, out, platforms: platformsAsked(rest), note });
    console.table(await rehearse({ root, packed, note }));
    break;
  }
  case "publish": {
    // What `npm run pack -- --all` made and the jobs on each system tried out; nothing is built here.
    const packed = await readPacked();
    await publishAll(packed, configured());
    const { name, version } = packed.wrapper;
    await smoke({ spec: `${name}@next`, version, npm: [], playbook: join(root, "examples", "hello.yaml") });
    break;
  }
  case "promote": {
    await promote((await readPacked()).wrapper, configured());
    break;
  }
  case "assets": {
    const { wrapper } = await readPacked();
    const files = await makeAssets({ root, binaries: join(out, "binary"), version: wrapper.version, out: assets });
    note(files.join("\n"));
    break;
  }
  default:
    throw new Error("node scripts/release.ts dry|publish|promote|assets");
}

/** The list that `npm run pack` left; a tarball lies beside it, wherever it was made. */
async function readPacked(): Promise<Packed> {
  const { platforms, wrapper, sdk } = JSON.parse(await readFile(join(out, "packed.json"), "utf8")) as Packed;
  const here = (tarball: Tarball) => ({ ...tarball, path: join(out, basename(tarball.path)) });
  return { platforms: platforms.map(here), wrapper: here(wrapper), sdk: here(sdk) };
}
