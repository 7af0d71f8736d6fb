import { Args, Flags } from "@noetl/sdk";

const repeated = { multiple: true, multipleNonGreedy: true } as const;

/** Arguments of `noetl run` (cli.md §4.1, DSL §23). */
export const runArgs = {
  ref: Args.string({ description: "playbook file, or a step of ./noetl.yaml", ignoreStdin: true }),
  target: Args.string({ description: "step to start at", ignoreStdin: true }),
};

/** Flags of `noetl run`. */
export const runFlags = {
  runtime: Flags.option({ options: ["auto", "local", "distributed"] as const })({
    char: "r",
    default: "auto" as const,
    description: "where it runs",
  }),
  target: Flags.string({ char: "t", description: "step to start at" }),
  set: Flags.string({ ...repeated, helpValue: "KEY=VALUE", description: "workload value; KEY may be dotted" }),
  "set-string": Flags.string({ ...repeated, helpValue: "KEY=VALUE", description: "workload value that stays text" }),
  payload: Flags.string({ aliases: ["workload"], helpValue: "JSON", description: "object over the workload" }),
  input: Flags.string({
    char: "i",
    helpValue: "FILE",
    description: "file with such an object, JSON or YAML; - is stdin",
  }),
  merge: Flags.boolean({ description: "merge maps with the workload's instead of replacing them" }),
  credential: Flags.string({ ...repeated, helpValue: "NAME=FILE", description: "use FILE as credential NAME" }),
  concurrency: Flags.integer({ min: 1, helpValue: "N", description: "tool calls in flight, default 16" }),
  timeout: Flags.string({ helpValue: "30s", description: "limit for the whole run; the run is FAILED past it" }),
  resume: Flags.string({
    helpValue: "[ID]",
    description: "go on from an unfinished or failed run, by default the newest",
  }),
  from: Flags.string({ helpValue: "STEP", description: "with --resume: run STEP and all that follows it again" }),
  "keep-changed": Flags.boolean({ description: "with --resume: keep results of steps that were edited since" }),
  "skip-unsupported": Flags.boolean({ description: "let steps of unavailable tools succeed without doing anything" }),
  "dry-run": Flags.boolean({ description: "check the playbook and show what would run" }),
  events: Flags.boolean({
    exclusive: ["json", "output"],
    description: "print the events on stdout, one JSON object a line",
  }),
  trace: Flags.string({ helpValue: "FILE", description: "write the events to FILE, one JSON object a line" }),
  verbose: Flags.boolean({ char: "v", description: "show the input of every task" }),
  quiet: Flags.boolean({ char: "q", exclusive: ["verbose"], description: "no progress, only the result" }),
};
