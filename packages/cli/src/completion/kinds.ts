/** What stands at a place of a command line. */
export type Kind =
  | "playbook"
  | "file"
  /** any file or folder: the shell knows them */
  | "path"
  | "step"
  | "run"
  | "execution"
  | "catalog"
  | "context"
  | "credential"
  | "plugin"
  | "setting"
  | "settable"
  | "watchable"
  | "status"
  | "command";

/** Where nothing of these kinds fits, any file may be meant: in a folder that is written `~`, or of another ending. */
export const FILE_KINDS: ReadonlySet<Kind> = new Set<Kind>(["playbook", "file", "path", "watchable"]);

/**
 * Command → what its arguments are. The last one stands for all that follow; an empty list says that nothing can be
 * offered, files neither.
 */
export const ARGUMENTS: Readonly<Record<string, readonly Kind[]>> = {
  run: ["playbook", "step"],
  validate: ["file"],
  plan: ["file"],
  graph: ["file"],
  logs: ["run"],
  events: ["run"],
  why: ["run"],
  tui: ["watchable"],
  query: [],
  status: ["execution"],
  cancel: ["execution"],
  "execute:playbook": ["catalog"],
  "execute:rerun": ["execution"],
  "executions:get": ["execution"],
  "executions:events": ["execution"],
  "executions:logs": ["execution"],
  "executions:watch": ["execution"],
  "register:playbook": ["file"],
  "register:credential": ["path"],
  "catalog:register": ["path"],
  "catalog:list": [],
  "catalog:get": ["catalog"],
  "catalog:diff": ["catalog"],
  "catalog:delete": ["catalog"],
  "context:add": [],
  "context:init": [],
  "context:current": ["context"],
  "context:delete": ["context"],
  "context:port-forward": ["context"],
  "context:rename": ["context"],
  "context:test": ["context"],
  "context:update": ["context"],
  "context:use": ["context"],
  "credential:register": ["path"],
  "credential:get": ["credential"],
  "credential:delete": ["credential"],
  "config:get": ["setting"],
  "config:set": ["settable"],
  "config:explain": ["setting"],
  "plugins:install": ["path"],
  "plugins:link": ["path"],
  "plugins:new": [],
  "plugins:inspect": ["plugin"],
  "plugins:uninstall": ["plugin"],
  "plugins:update": ["plugin"],
  commands: ["command"],
  help: ["command"],
};

/** Flags whose values are known, by their long name; those with words of their own say so themselves. */
export const FLAGS: Readonly<Record<string, Kind>> = {
  file: "path",
  directory: "path",
  folder: "path",
  parent: "execution",
  status: "status",
  context: "context",
  target: "step",
  from: "step",
  resume: "run",
};
