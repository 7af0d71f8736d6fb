export type * from "./api.ts";
export { runCommand } from "./run/command.ts";
export { createRedactor, MASK, type Redactor } from "./secrets/redactor.ts";
