import { catalogCommands } from "@noetl/plugin-catalog";
import { type CommandClass, type CommandEntry, type CommandSet, entry } from "@noetl/sdk";

export type { CommandEntry };

/** Topics that come from packages of their own; what they bring is loaded when it is called. */
const PLUGINS: readonly CommandSet[] = [catalogCommands];

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
  "credential:list": entry("list the credentials of this machine", () => import("./commands/credential/list.ts")),
  "credential:get": entry(
    "show a credential, its secrets only with --reveal",
    () => import("./commands/credential/get.ts"),
  ),
  "credential:delete": entry("delete a credential from this machine", () => import("./commands/credential/delete.ts")),
  ...merged("commands"),
  completion: entry("print the completion script of a shell", () => import("./commands/completion.ts")),
  doctor: entry("check this machine and its set-up", () => import("./commands/doctor.ts")),
  help: {
    summary: "show the help of a command",
    load: async () => (await import("@oclif/plugin-help")).commands.help as unknown as CommandClass,
  },
};

/** Other spellings of a command. */
export const aliases: Readonly<Record<string, string>> = {
  exec: "run",
  "get:credential": "credential:get",
  ...merged("aliases"),
};

export const topics: Readonly<Record<string, string>> = {
  credential: "credentials of this machine, encrypted at rest",
  ...merged("topics"),
};

function merged<K extends keyof CommandSet>(key: K): CommandSet[K] {
  return Object.assign({}, ...PLUGINS.map((plugin) => plugin[key])) as CommandSet[K];
}
