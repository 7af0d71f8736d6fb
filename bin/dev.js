#!/usr/bin/env node
// Runs the command line from its TypeScript sources. A Node that cannot (older than 22.15, or no type stripping) hands
// over to the one npm installed for this platform, so this file itself keeps to syntax that old versions read.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { constants } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));

if (runsTheSources()) {
  muteExperimentalWarnings();
  await import("node:module").then(({ default: module }) => module.enableCompileCache?.());
  await import(new URL("../packages/cli/src/main.ts", import.meta.url).href);
} else {
  handOver(pinnedNode());
}

function runsTheSources() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  return (major > 22 || (major === 22 && minor >= 15)) && Boolean(process.features.typescript);
}

function muteExperimentalWarnings() {
  const emit = process.emitWarning;
  process.emitWarning = (warning, ...rest) => {
    const options = rest[0];
    const type = typeof options === "object" && options !== null ? options.type : options;
    if (type !== "ExperimentalWarning" && warning?.name !== "ExperimentalWarning") emit(warning, ...rest);
  };
}

/** Path of the Node binary among the development dependencies. */
function pinnedNode() {
  const windows = process.platform === "win32";
  const names = [
    `node-${windows ? "win" : process.platform}-${process.arch}`,
    `node-bin-${process.platform}-${process.arch}`,
  ];
  for (const name of names) {
    const path = join(root, "node_modules", name, "bin", windows ? "node.exe" : "node");
    if (existsSync(path)) return path;
  }
  console.error(`noetl from source needs Node 24 (this is ${process.version}); run \`npm ci\` to get it`);
  process.exit(1);
}

/** Becomes `node` as far as terminal, signals and exit code go. */
function handOver(node) {
  const child = spawn(node, ["--disable-warning=ExperimentalWarning", process.argv[1], ...process.argv.slice(2)], {
    stdio: "inherit",
  });
  // Ctrl-C at a terminal reaches the whole foreground group; sending it on as well would count as a second Ctrl-C.
  const terminal = process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY;
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR2"]) {
    if (!(signal in constants.signals) || (process.platform === "win32" && signal === "SIGQUIT")) continue;
    process.on(signal, () => {
      if (signal !== "SIGINT" || !terminal) child.kill(signal);
    });
  }
  child.on("error", (error) => {
    console.error(error.message);
    process.exit(1);
  });
  child.on("exit", (code, signal) => {
    if (signal === null) process.exit(code ?? 1);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}
