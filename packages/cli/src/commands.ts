import { catalogCommands } from "@noetl/plugin-catalog";
import { dbCommands } from "@noetl/plugin-db";
import { k8sCommands } from "@noetl/plugin-k8s";
import { processCommands } from "@noetl/plugin-process";
import { tuiCommands } from "@noetl/plugin-tui";
import { type CommandClass, type CommandEntry, type CommandSet, entry } from "@noetl/sdk";

import { pluginsCommands } from "./plugins/command-set.ts";

export type { CommandEntry };

/** Topics that come from packages of their own; what they bring is loaded when it is called. */
const PLUGINS: readonly CommandSet[] = [
  pluginsCommands,
  catalogCommands,
  processCommands,
  dbCommands,
  k8sCommands,
  tuiCommands,
];

/** The explicit registry: id (words joined by `:`) → how to load it. Nothing is looked for in folders. */
export const commands: Readonly<Record<string, CommandEntry>> = {
  run: entry("run a playbook", () => import("./commands/run.ts")),
  validate: entry("check playbooks without running them", () => import("./commands/validate.ts")),
  plan: entry("show what a playbook would do", () => import("./commands/plan.ts")),
  graph: entry("draw the steps of a playbook", () => import("./commands/graph.ts")),
  schema: entry("print the JSON Schema of playbooks or credentials", () => import("./commands/schema.ts")),
  runs: entry("list the runs of this machine", () => import("./commands/runs.ts")),
  logs: entry("show what a run did", () => import("./commands/logs.ts")),
  events: entry("print the event log of a run", () => import("./commands/events.ts")),
  why: entry("explain why a run waits, failed or took a path", () => import("./commands/why.ts")),
  "credential:register": entry(
    "store credentials from a JSON or YAML file",
    () => import("./commands/credential/register.ts"),
  ),
  "credential:list": entry("list credentials", () => import("./commands/credential/list.ts")),
  "credential:get": entry(
    "show a credential, its secrets only with --reveal",
    () => import("./commands/credential/get.ts"),
  ),
  "credential:rotate": entry("encrypt every secret under a new key", () => import("./commands/credential/rotate.ts")),
  "credential:delete": entry("delete a credential", () => import("./commands/credential/delete.ts")),
  "context:add": entry("set up a server", () => import("./commands/context/add.ts")),
  "context:list": entry("list the contexts", () => import("./commands/context/list.ts")),
  "context:use": entry("choose the current context", () => import("./commands/context/use.ts")),
  "context:update": entry("change fields of a context", () => import("./commands/context/update.ts")),
  "context:delete": entry("remove a context", () => import("./commands/context/delete.ts")),
  "context:rename": entry("give a context another name", () => import("./commands/context/rename.ts")),
  "context:current": entry("show the current context", () => import("./commands/context/current.ts")),
  "context:set-runtime": entry("say where playbooks run", () => import("./commands/context/set-runtime.ts")),
  "context:init": entry("set up a context from a gateway", () => import("./commands/context/init.ts")),
  "context:test": entry("try the server of a context", () => import("./commands/context/test.ts")),
  "context:port-forward": entry(
    "reach a server in Kubernetes from this machine",
    () => import("./commands/context/port-forward.ts"),
  ),
  "auth:login": entry("get a session of a gateway", () => import("./commands/auth/login.ts")),
  "auth:logout": entry("forget the session", () => import("./commands/auth/logout.ts")),
  "auth:status": entry("show which session is used", () => import("./commands/auth/status.ts")),
  "config:list": entry("list the settings", () => import("./commands/config/list.ts")),
  "config:get": entry("print a setting", () => import("./commands/config/get.ts")),
  "config:set": entry("change a setting", () => import("./commands/config/set.ts")),
  "config:explain": entry("tell who decides a setting", () => import("./commands/config/explain.ts")),
  ...merged("commands"),
  commands: entry("list every command, also as data", () => import("./commands/commands.ts")),
  complete: entry("list words that can stand somewhere", () => import("./commands/complete.ts")),
  completion: entry("print the completion script of a shell", () => import("./commands/completion.ts")),
  console: entry("take commands line by line", () => import("./commands/console.ts")),
  doctor: entry("check this machine and its set-up", () => import("./commands/doctor.ts")),
  setup: entry("make this installation start faster", () => import("./commands/setup.ts")),
  help: {
    summary: "show the help of a command",
    load: async () => (await import("@oclif/plugin-help")).commands.help as unknown as CommandClass,
  },
};

/** Other spellings of a command. */
export const aliases: Readonly<Record<string, string>> = {
  exec: "run",
  "get:credential": "credential:get",
  "context:show": "context:current",
  "auth:whoami": "auth:status",
  ...merged("aliases"),
};

export const topics: Readonly<Record<string, string>> = {
  auth: "sessions of a gateway",
  config: "settings, and who decides them",
  context: "servers and how to reach them",
  credential: "credentials of this machine or a server, encrypted at rest",
  ...merged("topics"),
};

function merged<K extends keyof CommandSet>(key: K): CommandSet[K] {
  return Object.assign({}, ...PLUGINS.map((plugin) => plugin[key])) as CommandSet[K];
}
