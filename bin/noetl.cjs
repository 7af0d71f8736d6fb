#!/usr/bin/env node
// What npm links as `noetl` and `ntl` (published as bin/noetl.js). It finds the fastest way to run and gets out of the
// way. Every Node since 12 must be able to read it: no dependencies, no syntax newer than that.
//
//   NOETL_BINARY=FILE         run this binary
//   NOETL_RUNTIME=js|binary   only the JavaScript, or only the binary
//   otherwise                 the package of this platform when npm installed it, else the JavaScript
// biome-ignore-all lint/style/useNodejsImportProtocol: Node 12 knows no such names.
const fs = require("fs");
const path = require("path");

main(process.argv.slice(2));

function main(args) {
  const { NOETL_BINARY: chosen, NOETL_RUNTIME: runtime = "" } = process.env;
  if (!["", "js", "binary"].includes(runtime)) {
    return stop(`NOETL_RUNTIME is '${runtime}': it can be js or binary`, 2);
  }
  if (chosen) {
    if (!isExecutable(chosen)) return stop(`NOETL_BINARY names ${chosen}, which cannot be executed`, 2);
    return runBinary(path.resolve(chosen), args);
  }
  const found = runtime === "js" ? undefined : platformBinary();
  if (found) return runBinary(found, args);
  if (runtime === "binary") {
    return stop(`no binary for ${platformName()} is installed; npm install @noetl/cli-${platformName()}`, 1);
  }
  runScript();
}

// The optional dependency for this machine. A missing one is no error: there is the JavaScript.
function platformBinary() {
  const file = process.platform === "win32" ? "noetl.exe" : "noetl";
  try {
    const found = require.resolve(`@noetl/cli-${platformName()}/bin/${file}`);
    return isExecutable(found) ? found : undefined;
  } catch (error) {
    if (error.code === "MODULE_NOT_FOUND") return undefined;
    throw error;
  }
}

function platformName() {
  return `${process.platform}-${process.arch}${isMusl() ? "-musl" : ""}`;
}

// Alpine and its like: Node's report names the version of glibc, where there is one.
function isMusl() {
  if (process.platform !== "linux") return false;
  // The loader is where glibc puts it: asking the file system is faster than a report of everything.
  const loader = { x64: "/lib64/ld-linux-x86-64.so.2", arm64: "/lib/ld-linux-aarch64.so.1" }[process.arch];
  if (loader && fs.existsSync(loader) && !fs.existsSync("/etc/alpine-release")) return false;
  if (!process.report) return true;
  // Names of network peers can take seconds to resolve.
  process.report.excludeNetwork = true;
  const report = process.report.getReport();
  const { header } = typeof report === "string" ? JSON.parse(report) : report;
  return !header.glibcVersionRuntime;
}

function isExecutable(file) {
  try {
    fs.accessSync(file, fs.constants.X_OK);
    return fs.statSync(file).isFile();
  } catch (error) {
    if (error.code) return false;
    throw error;
  }
}

function runBinary(file, args) {
  const script = process.argv[1] || __filename;
  const name = path.basename(script);
  const env = Object.assign({}, process.env, { NOETL_SHIM: script });
  if (typeof process.execve === "function" && process.platform !== "win32") {
    // We become the binary: it has our place at the terminal and under our parent. The only thing in the way would be
    // Node's warning that this is new.
    env.NOETL_SHIM_PID = String(process.pid);
    delete env.NOETL_SHIM_PARENT;
    process.emitWarning = () => {};
    process.execve(file, [name, ...args], env);
  } else {
    spawnBinary(file, args, name, env);
  }
}

// As a child it must behave as if it were us: signals go on to it, its end is our end, and it ends when we are killed,
// which it sees by NOETL_SHIM_PARENT.
function spawnBinary(file, args, name, env) {
  const windows = process.platform === "win32";
  env.NOETL_SHIM_PARENT = String(process.pid);
  delete env.NOETL_SHIM_PID;
  // Listening begins before there is a child, or a signal in between would end us and leave it alone. Ctrl-C at a
  // terminal reaches the whole foreground group; sending it on as well would count as a second one.
  const terminal = process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY;
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"].concat(windows ? [] : ["SIGQUIT", "SIGUSR2"]);
  for (const signal of signals) {
    process.on(signal, () => {
      if (signal !== "SIGINT" || !terminal) child.kill(signal);
    });
  }
  const child = require("child_process").spawn(file, args, {
    argv0: name,
    env,
    stdio: "inherit",
  });
  child.on("error", (error) => stop(`${file}: ${error.message}`, 1));
  child.on("exit", (code, signal) => {
    process.exit(signal ? 128 + require("os").constants.signals[signal] : code);
  });
}

function runScript() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major < 22 || (major === 22 && minor < 15)) {
    const binary = `its binary for ${platformName()} is not installed`;
    return stop(`needs Node 22.15 or newer, this is ${process.version}, and ${binary}`, 1);
  }
  require("module").enableCompileCache();
  import("../lib/main.js").catch((error) => {
    stop(error instanceof Error ? error.stack : String(error), 1);
  });
}

function stop(message, code) {
  process.stderr.write(`noetl: ${message}\n`);
  process.exitCode = code;
}
