import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { Tarball } from "../pack/tarball.ts";
import { untilAnswers } from "./registry.ts";

const run = promisify(execFile);

export interface Target {
  /** base URL, with a slash at the end */
  url: string;
  /** options for every npm command */
  npm: readonly string[];
  /** attest where it was built; only in a workflow that npm trusts */
  provenance: boolean;
  note(text: string): void;
}

/** How long npm's replicas may take to show what was published, milliseconds. */
const VISIBLE_MS = 300_000;

/**
 * Publishes in the order in which nobody can install half a release: every platform and the SDK, then, once each of them can be
 * downloaded, the wrapper under `next`. What is there already with the same content is left as it is, so that a release
 * that broke off can be run again.
 */
export async function publishAll(
  packed: { platforms: readonly Tarball[]; wrapper: Tarball; sdk: Tarball },
  target: Target,
): Promise<void> {
  const first = [...packed.platforms, packed.sdk];
  for (const tarball of first) await publish(tarball, "latest", target);
  for (const tarball of first) await untilAnswers(tarballUrl(tarball, target.url), VISIBLE_MS);
  await publish(packed.wrapper, "next", target);
  await untilAnswers(tarballUrl(packed.wrapper, target.url), VISIBLE_MS);
}

/** Makes the version the one that `npm install @noetl/cli` gives. */
export async function promote({ name, version }: Tarball, target: Target): Promise<void> {
  await run("npm", ["dist-tag", "add", `${name}@${version}`, "latest", ...target.npm]);
  target.note(`${name}@${version} is latest`);
}

async function publish(tarball: Tarball, tag: string, target: Target): Promise<void> {
  const { name, version, path, integrity } = tarball;
  const there = await integrityOf(tarball, target.url);
  if (there !== undefined && there !== integrity) {
    throw new Error(`${name}@${version} is published with other content: raise the version`);
  }
  if (there === undefined) {
    const flags = ["--tag", tag, "--access", "public", `--provenance=${target.provenance}`, "--ignore-scripts"];
    await run("npm", ["publish", path, ...flags, ...target.npm], { maxBuffer: 1 << 24 });
  }
  target.note(`${name}@${version} ${there === undefined ? `published under ${tag}` : "is there already"}`);
}

async function integrityOf({ name, version }: Tarball, url: string): Promise<string | undefined> {
  const response = await fetch(`${url}${name.replace("/", "%2f")}`);
  if (response.status === 404) return undefined;
  if (!response.ok) throw new Error(`${url} answers ${response.status} for ${name}`);
  const { versions } = (await response.json()) as { versions: Record<string, { dist: { integrity: string } }> };
  return versions[version]?.dist.integrity;
}

function tarballUrl({ name, version }: Tarball, url: string): string {
  return `${url}${name}/-/${name.split("/").at(-1)}-${version}.tgz`;
}
