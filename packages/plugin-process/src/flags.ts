import { Flags } from "@noetl/sdk";

const RUNTIMES = ["node", "python"] as const;

/** Of both `start` commands. */
export const startFlags = {
  foreground: Flags.boolean({
    allowNo: true,
    description: "stay in front and log to stdout; the default for the first process of a container",
  }),
  "pid-file": Flags.string({ helpValue: "FILE", description: "with --foreground: say there who runs" }),
  runtime: Flags.option({ options: RUNTIMES })({
    default: "node",
    description: "python starts the original, python -m noetl.…",
  }),
  wait: Flags.boolean({ default: true, allowNo: true, description: "wait until it is ready" }),
  "wait-timeout": Flags.string({ default: "30s", helpValue: "30s", description: "wait no longer; exit code 4" }),
};

/** Of both `stop` commands. */
export const stopFlags = {
  force: Flags.boolean({
    char: "f",
    default: false,
    description: "ask nothing, and kill it when it does not stop in time",
  }),
  timeout: Flags.string({ default: "10s", helpValue: "10s", description: "how long it may take to stop" }),
};

/** Of both `logs` commands. */
export const logsFlags = {
  lines: Flags.integer({ char: "n", default: 50, min: 0, description: "how many of the last lines" }),
  follow: Flags.boolean({ char: "f", description: "go on with what is added, until Ctrl-C" }),
};

export const serverFlags = {
  host: Flags.string({ description: "address to listen on, default 127.0.0.1", env: "NOETL_HOST" }),
  port: Flags.integer({
    char: "p",
    description: "port, default 8082; 0 = any free one",
    min: 0,
    max: 65_535,
    env: "NOETL_PORT",
  }),
  role: Flags.option({ options: ["all", "api", "publisher", "projector", "system"] as const, multiple: true })({
    multipleNonGreedy: true,
    description: "what this server does beside answering requests; default all",
  }),
  insecure: Flags.boolean({ default: false, description: "listen beyond this machine without NOETL_API_TOKEN" }),
  "init-db": Flags.boolean({ default: false, description: "create or upgrade the tables first" }),
  "with-worker": Flags.boolean({ default: false, description: "also run a worker in this process" }),
  "max-workers": Flags.integer({
    char: "m",
    min: 1,
    max: 1_000,
    dependsOn: ["with-worker"],
    description: "commands at one time of that worker, default 8",
  }),
};

export const workerFlags = {
  name: Flags.string({ char: "n", description: "its name on this machine, default `default`" }),
  pool: Flags.string({
    multiple: true,
    multipleNonGreedy: true,
    description: "take commands of this pool only; default shared, legacy, python",
  }),
  "max-workers": Flags.integer({ char: "m", min: 1, max: 1_000, description: "commands at one time, default 8" }),
  "nats-url": Flags.string({ description: "take commands from NATS; NATS_URL is safer for passwords" }),
  v2: Flags.boolean({ default: false, description: "insist on NATS" }),
};
