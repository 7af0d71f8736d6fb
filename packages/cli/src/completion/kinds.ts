/** What stands at a place of a command line. */
export type Kind =
  | "playbook"
  | "file"
  | "step"
  | "run"
  | "execution"
  | "catalog"
  | "context"
  | "credential"
  | "plugin"
  | "setting"
  | "command";

/** Command → what its arguments are. The last one stands for all that follow. */
export const ARGUMENTS: Readonly<Record<string, readonly Kind[]>> = {
  run: ["playbook", "step"],
  validate: ["file"],
  plan: ["file"],
  graph: ["file"],
  logs: ["run"],
  events: ["run"],
  why: ["run"],
  status: ["execution"],
  cancel: ["execution"],
  "execute:playbook": ["catalog"],
  "execute:rerun": ["execution"],
  "executions:get": ["execution"],
  "executions:events": ["execution"],
  "executions:logs": ["execution"],
  "executions:watch": ["execution"],
  "register:playbook": ["file"],
  "catalog:register": ["file"],
  "catalog:get": ["catalog"],
  "catalog:diff": ["catalog"],
  "catalog:delete": ["catalog"],
  "context:current": ["context"],
  "context:delete": ["context"],
  "context:port-forward": ["context"],
  "context:rename": ["context"],
  "context:test": ["context"],
  "context:update": ["context"],
  "context:use": ["context"],
  "credential:get": ["credential"],
  "credential:delete": ["credential"],
  "config:get": ["setting"],
  "config:set": ["setting"],
  "config:explain": ["setting"],
  "plugins:inspect": ["plugin"],
  "plugins:uninstall": ["plugin"],
  "plugins:update": ["plugin"],
  commands: ["command"],
  help: ["command"],
};

/** Flags whose values are known, by their long name; those with words of their own say so themselves. */
export const FLAGS: Readonly<Record<string, Kind>> = {
  context: "context",
  target: "step",
  from: "step",
  resume: "run",
};
