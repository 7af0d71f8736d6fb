import { workloadFlags } from "@noetl/plugin-catalog/flags";
import { Args, Flags, type globalFlags } from "@noetl/sdk";
import type { Interfaces } from "@oclif/core";

const repeated = { multiple: true, multipleNonGreedy: true } as const;

/** Arguments of `noetl run` (cli.md §4.1, DSL §23). */
export const runArgs = {
  ref: Args.string({ description: "playbook file, step of ./noetl.yaml, or path in a catalog", ignoreStdin: true }),
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
  ...workloadFlags,
  credential: Flags.string({ ...repeated, helpValue: "NAME=FILE", description: "use FILE as credential NAME" }),
  concurrency: Flags.integer({ min: 1, helpValue: "N", description: "tool calls in flight, default 16" }),
  sequential: Flags.boolean({ exclusive: ["concurrency"], description: "one tool call at a time" }),
  timeout: Flags.string({
    helpValue: "30s",
    description: "limit for the whole run; FAILED past it, or on a server no longer waited for",
  }),
  resume: Flags.string({
    helpValue: "[ID]",
    description: "go on from an unfinished or failed run, by default the newest",
  }),
  from: Flags.string({ helpValue: "STEP", description: "with --resume: run STEP and all that follows it again" }),
  "keep-changed": Flags.boolean({ description: "with --resume: keep results of steps that were edited since" }),
  "inherit-workload": Flags.boolean({
    allowNo: true,
    description: "playbooks called by this one take its workload for names they declare; default: with profile local",
  }),
  "skip-unsupported": Flags.boolean({ description: "let steps of unavailable tools succeed without doing anything" }),
  "dry-run": Flags.boolean({ description: "check the playbook and show what would run" }),
  events: Flags.boolean({
    exclusive: ["json", "output"],
    description: "print the events on stdout, one JSON object a line",
  }),
  trace: Flags.string({ helpValue: "FILE", description: "write the events to FILE, one JSON object a line" }),
  version: Flags.string({ char: "V", description: "version in the catalog: a number or latest" }),
  register: Flags.boolean({ description: "register the file on the server first" }),
  wait: Flags.boolean({ char: "w", description: "wait for the end of a run on a server; here that is always so" }),
  follow: Flags.boolean({ char: "f", aliases: ["watch"], description: "wait, and tell on stderr what happens" }),
  verbose: Flags.boolean({ char: "v", description: "show the input of every task" }),
  quiet: Flags.boolean({ char: "q", exclusive: ["verbose"], description: "no progress, only the result" }),
};

/** What the parser makes of them, global flags included. */
export type RunFlags = Interfaces.InferredFlags<typeof runFlags & typeof globalFlags>;
