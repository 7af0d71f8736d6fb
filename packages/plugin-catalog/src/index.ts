import { type CommandSet, entry } from "@noetl/sdk";

/** Commands about what is in the catalog of a server and what it executes. */
export const catalogCommands: CommandSet = {
  commands: {
    status: entry("show how an execution or the server stands", () => import("./commands/status.ts")),
    cancel: entry("stop an execution", () => import("./commands/cancel.ts")),
    cleanup: entry("cancel executions that have been open for long", () => import("./commands/cleanup.ts")),
    "execute:playbook": entry("start a playbook of the catalog", () => import("./commands/execute/playbook.ts")),
    "execute:rerun": entry("start a former execution again", () => import("./commands/execute/rerun.ts")),
    "executions:list": entry("list executions", () => import("./commands/executions/list.ts")),
    "executions:get": entry("show an execution with its data", () => import("./commands/executions/get.ts")),
    "executions:events": entry("print the event log of an execution", () => import("./commands/executions/events.ts")),
    "executions:logs": entry("show step by step what an execution did", () => import("./commands/executions/logs.ts")),
    "executions:watch": entry("watch an execution until it ends", () => import("./commands/executions/watch.ts")),
    "register:playbook": entry("register playbooks", () => import("./commands/register/playbook.ts")),
    "register:credential": entry("store credentials on the server", () => import("./commands/register/credential.ts")),
    "catalog:register": entry("register documents of any kind", () => import("./commands/catalog/register.ts")),
    "catalog:get": entry("show an entry", () => import("./commands/catalog/get.ts")),
    "catalog:list": entry("list entries", () => import("./commands/catalog/list.ts")),
    "catalog:diff": entry("compare versions or files", () => import("./commands/catalog/diff.ts")),
    "catalog:delete": entry("delete an entry or a version", () => import("./commands/catalog/delete.ts")),
  },
  aliases: {
    execute: "execute:playbook",
    "execute:status": "status",
    "execute:cancel": "cancel",
    list: "catalog:list",
    get: "catalog:get",
    "get:playbook": "catalog:get",
    "get:execution": "executions:get",
    "list:executions": "executions:list",
  },
  topics: {
    execute: "start playbooks on a server",
    executions: "what a server executes and executed",
    register: "put playbooks and credentials on a server",
    catalog: "what is registered on a server",
  },
};
