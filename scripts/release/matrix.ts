import { execFile } from "node:child_process";
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

export const MANAGERS = ["npm", "pnpm", "yarn", "bun"] as const;
export const MODES = ["normal", "ignore-scripts", "omit-optional"] as const;
export type Manager = (typeof MANAGERS)[number];
export type Mode = (typeof MODES)[number];

export interface Cell {
  manager: Manager;
  mode: Mode;
  node: string;
}

export interface Programs {
  /** major version → folder with `node` */
  nodes: Readonly<Record<string, string>>;
  /** command line of each package manager; `node` in it is the one of the cell */
  managers: Readonly<Record<Manager, readonly string[]>>;
}

const ADD: Readonly<Record<Manager, (spec: string, mode: Mode) => string[]>> = {
  npm: (spec, mode) => ["install", spec, "--no-audit", "--no-fund", ...flag(mode, "--omit=optional")],
  pnpm: (spec, mode) => ["add", spec, ...flag(mode, "--no-optional")],
  // Yarn 1 alone makes `engines` an error instead of a warning.
  yarn: (spec, mode) => ["add", spec, "--ignore-engines", "--non-interactive", ...flag(mode, "--ignore-optional")],
  bun: (spec, mode) => ["add", spec, ...flag(mode, "--omit=optional")],
};

function flag(mode: Mode, omit: string): string[] {
  return mode === "ignore-scripts" ? ["--ignore-scripts"] : mode === "omit-optional" ? [omit] : [];
}

/**
 * Installs `spec` as one user would and runs a playbook. Returns what happened in a word: `binary`, `bundle`, or
 * `too old` with the sentence that says so. Throws when it is anything else, or not what this cell must give.
 */
export async function tryCell(
  cell: Cell,
  options: { registry: string; spec: string; version: string; playbook: string; programs: Programs },
): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "noetl-install-"));
  try {
    const { manager, mode, node } = cell;
    const bin = await pathFolder(folder, options.programs, cell);
    const env = {
      PATH: `${bin}:/usr/bin:/bin`,
      HOME: folder,
      npm_config_registry: options.registry,
      YARN_REGISTRY: options.registry,
      NOETL_HOME: join(folder, "home"),
    };
    const app = join(folder, "app");
    await mkdir(app);
    await writeFile(join(app, "package.json"), '{ "name": "app", "private": true }');
    await writeFile(join(app, ".npmrc"), `registry=${options.registry}\n`);
    await run(join(bin, manager), ADD[manager](options.spec, mode), { cwd: app, env, maxBuffer: 1 << 24 });

    const noetl = join(app, "node_modules", ".bin", "noetl");
    const wanted = mode !== "omit-optional" ? "binary" : Number(node) < 22 ? "too old" : "bundle";
    if (wanted === "too old") return await saysTooOld(noetl, { cwd: app, env });
    const said = JSON.parse((await run(noetl, ["--version", "--json"], { cwd: app, env })).stdout);
    if (said.build !== wanted || said.version !== options.version) {
      throw new Error(`${manager} ${mode} on Node ${node}: ${JSON.stringify(said)}, not the ${wanted}`);
    }
    const { stdout } = await run(noetl, ["run", options.playbook, "--json", "--quiet"], { cwd: app, env });
    if (JSON.parse(stdout).status !== "COMPLETED") throw new Error(stdout);
    return wanted;
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

async function saysTooOld(noetl: string, options: { cwd: string; env: NodeJS.ProcessEnv }): Promise<string> {
  try {
    await run(noetl, ["--version"], options);
  } catch (error) {
    const { code, stderr } = error as { code: number; stderr: string };
    if (code === 1 && /^noetl: needs Node 22\.15 or newer, this is v[^\n]*\n$/.test(stderr)) return "too old";
    throw error;
  }
  throw new Error("a Node that is too old ran the bundle");
}

/** A folder whose programs are the Node of the cell and its package manager, and nothing else of this machine. */
async function pathFolder(folder: string, { nodes, managers }: Programs, cell: Cell): Promise<string> {
  const bin = join(folder, "bin");
  await mkdir(bin);
  await symlink(join(nodes[cell.node] ?? "", "node"), join(bin, "node"));
  const script = join(bin, cell.manager);
  const words = managers[cell.manager].map((word) => `"${word}"`).join(" ");
  await writeFile(script, `#!/bin/sh\nexec ${words} "$@"\n`);
  await chmod(script, 0o755);
  return bin;
}
