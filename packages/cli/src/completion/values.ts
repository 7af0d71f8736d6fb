import { readdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type Client, openClient } from "@noetl/client";
import { listRuns } from "@noetl/runner";
import { chooseServer, type Environment, readContexts, SETTINGS, type ServerFlags, STATUS_WORDS } from "@noetl/sdk";
import { readPlugins } from "@noetl/sdk/plugins";
import { explainSettings } from "../config/settings.ts";
import { withCredentials } from "../credentials/local-store.ts";
import { withHost } from "../runs/host.ts";
import type { Kind } from "./kinds.ts";

export interface Surroundings {
  env: Environment;
  flags: ServerFlags;
  /** folder that names of files start from */
  cwd: string;
  /** what a server does not tell within this time is done without, ms */
  patienceMs: number;
}

/** How many ids are worth looking through. */
const NEWEST = 30;

/** A source of values; each is asked on its own, and one that fails has none. */
export type Source = () => Promise<string[]>;

/** Where values of a kind come from. `args` are the arguments before this one, `typed` what is there of it. */
export function sourcesOf(kind: Kind, args: readonly string[], typed: string, around: Surroundings): Source[] {
  const { env } = around;
  const files = () => playbookFiles(typed, around.cwd);
  const catalog = async () => (await (await client(around)).catalog.list({ kind: "Playbook" })).map(({ path }) => path);
  const executions = async () =>
    (await (await client(around)).executions.list({ page_size: NEWEST })).map((one) => one.execution_id);
  switch (kind) {
    case "file":
      return [files];
    case "path":
      return [];
    case "playbook":
      return [files, () => stepsOf(undefined, around.cwd), catalog];
    case "step":
      return [() => stepsOf(args[0], around.cwd)];
    case "catalog":
      return [catalog];
    case "run":
      return [
        async () => (await withHost(env, (host) => listRuns(host, { limit: NEWEST }))).map((run) => run.execution_id),
      ];
    case "execution":
      return [executions];
    case "watchable":
      return [files, executions];
    case "context":
      return [async () => [...(await readContexts(env)).contexts.keys()]];
    case "credential":
      return [
        async () => (await withCredentials(env, (credentials) => credentials.list())).map(({ name }) => name),
        async () => (await (await client(around)).credentials.list()).map(({ name }) => name),
      ];
    case "plugin":
      return [async () => readPlugins(env).plugins.map(({ name }) => name)];
    case "setting":
      return [async () => explainSettings({}, await readContexts(env), env).map(({ key }) => key)];
    case "settable":
      return [async () => SETTINGS.map(({ key }) => key)];
    case "status":
      return [async () => STATUS_WORDS.map((word) => word.toLowerCase())];
    case "command":
      return [];
  }
}

/** Folders end in `/`: what is in them can be typed on. */
async function playbookFiles(typed: string, cwd: string): Promise<string[]> {
  const folder = typed.includes("/") ? `${dirname(`${typed}x`)}/` : "";
  const entries = await readdir(join(folder.startsWith("/") ? "" : cwd, folder || "."), { withFileTypes: true });
  return entries
    .filter((entry) => !entry.name.startsWith(".") && entry.name !== "node_modules")
    .flatMap((entry) => {
      if (entry.isDirectory()) return [`${folder}${entry.name}/`];
      return /\.ya?ml$/.test(entry.name) ? [`${folder}${entry.name}`] : [];
    });
}

/** Steps of a playbook, also of one that is half written; without one those of ./noetl.yaml. */
async function stepsOf(file: string | undefined, cwd: string): Promise<string[]> {
  const text = await readFile(join(file?.startsWith("/") ? "" : cwd, file ?? "noetl.yaml"), "utf8");
  return [...text.matchAll(/^\s*-\s*\{?\s*step:\s*["']?([\w.-]+)/gm)].map(([, name]) => name ?? "");
}

async function client({ env, flags, patienceMs }: Surroundings): Promise<Client> {
  const { endpoint } = chooseServer(flags, await readContexts(env), env);
  return openClient(endpoint, { timeoutMs: patienceMs, lean: true });
}
