import { Flags } from "@oclif/core";
import { FORMATS } from "./format.ts";

const GLOBAL = { helpGroup: "GLOBAL" } as const;

/** Flags of every command, accepted in any position (cli.md §1.2). */
export const globalFlags = {
  json: Flags.boolean({ ...GLOBAL, char: "j", description: "print one JSON document on stdout" }),
  output: Flags.option({ options: FORMATS })({
    ...GLOBAL,
    char: "o",
    description: "form of the result",
    exclusive: ["json"],
  }),
  debug: Flags.boolean({ ...GLOBAL, description: "show stack traces of errors" }),
  "no-input": Flags.boolean({ ...GLOBAL, description: "never ask; fail and name the flag that answers" }),
  context: Flags.string({ ...GLOBAL, description: "use this context for one command", env: "NOETL_CONTEXT" }),
  "server-url": Flags.string({ ...GLOBAL, description: "base URL of the server" }),
  host: Flags.string({ ...GLOBAL, description: "host of the server" }),
  port: Flags.integer({ ...GLOBAL, char: "p", description: "port of the server", min: 1, max: 65_535 }),
  gateway: Flags.boolean({
    ...GLOBAL,
    allowNo: true,
    description: "send requests through the gateway's prefix; by default the context or the host name decides",
  }),
  "session-token": Flags.string({ ...GLOBAL, description: "token for this command; NOETL_SESSION_TOKEN is safer" }),
  "request-timeout": Flags.string({
    ...GLOBAL,
    helpValue: "30s",
    description: "how long one request may take, default 60s",
  }),
};

/** How a global flag is written, and whether a value follows it. The command lookup steps over them with this. */
export function globalFlagArity(option: string): 0 | 1 | undefined {
  const [name = "", inline] = option.split("=", 2);
  for (const [long, flag] of Object.entries(globalFlags)) {
    const spelt = name === `--${long}` || (flag.char !== undefined && name === `-${flag.char}`);
    const negated = flag.type === "boolean" && flag.allowNo === true && name === `--no-${long}`;
    if (!spelt && !negated) continue;
    return flag.type === "boolean" || inline !== undefined ? 0 : 1;
  }
  return undefined;
}
