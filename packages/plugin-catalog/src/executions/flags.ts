import { Args, Flags } from "@noetl/sdk";

const repeated = { multiple: true, multipleNonGreedy: true } as const;

/** Flags that make the workload of an execution (cli.md §4.1.3). */
export const workloadFlags = {
  input: Flags.string({ char: "i", helpValue: "FILE", description: "file with an object, JSON or YAML; - is stdin" }),
  payload: Flags.string({
    aliases: ["workload"],
    helpValue: "JSON|FILE",
    description: "object over the workload; - is stdin",
  }),
  set: Flags.string({ ...repeated, helpValue: "KEY=VALUE", description: "workload value; KEY may be dotted" }),
  "set-string": Flags.string({ ...repeated, helpValue: "KEY=VALUE", description: "workload value that stays text" }),
  merge: Flags.boolean({ description: "merge maps with the workload's instead of replacing them" }),
};

/** Flags of everything that takes time on a server. */
export const waitFlags = {
  wait: Flags.boolean({ char: "w", description: "wait for the end; exit code 5 FAILED, 6 CANCELLED" }),
  follow: Flags.boolean({ char: "f", aliases: ["watch"], description: "wait, and tell on stderr what happens" }),
  timeout: Flags.string({ helpValue: "30s", description: "wait no longer; exit code 4, the execution goes on" }),
};

export const executionArg = {
  id: Args.string({ required: true, ignoreStdin: true, description: "id of the execution" }),
};
