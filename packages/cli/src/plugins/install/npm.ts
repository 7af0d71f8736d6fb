import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { NoetlError } from "@noetl/core";
import type { Environment } from "@noetl/sdk";

export interface NpmOptions {
  env: Environment;
  /** holds a `package.json`; becomes the prefix */
  folder: string;
  /** what npm says while it works */
  note(text: string): void;
  signal: AbortSignal;
}

/** What the user's settings may say otherwise, and an installation into a folder of ours cannot do without. */
const FIXED = [
  "--global=false",
  "--location=project",
  "--workspaces=false",
  "--dry-run=false",
  "--save=true",
  "--package-lock=true",
  "--package-lock-only=false",
  "--lockfile-version=3",
  "--no-audit",
  "--no-fund",
  "--loglevel=error",
];

/**
 * Runs the user's npm in a folder of ours. Code `NPM_MISSING` (terminal) when there is none; `NPM_NOT_FOUND` (not_found)
 * when the package does not exist; `NPM_FAILED` (terminal) with npm's own words otherwise.
 */
export async function runNpm(args: readonly string[], { env, folder, note, signal }: NpmOptions): Promise<void> {
  const windows = process.platform === "win32";
  const words = ["--prefix", folder, ...FIXED, ...args];
  const child = spawn(windows ? "npm.cmd" : "npm", windows ? words.map(quoted) : words, {
    cwd: folder,
    env: { ...env, npm_config_update_notifier: "false" },
    stdio: ["ignore", "ignore", "pipe"],
    // npm is a script for the command interpreter there.
    shell: windows,
    signal,
  });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  let said: string;
  let code: number | null;
  try {
    [said, code] = await Promise.all([text(child.stderr), ended]);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    throw new NoetlError("terminal", "NPM_MISSING", "there is no npm on the PATH, and installing a plugin needs it", {
      hint: "install Node.js, which brings npm; noetl plugins link FOLDER needs none",
      cause: error,
    });
  }
  if (code === 0) {
    if (said.trim() !== "") note(said.trim());
    return;
  }
  const lines = said
    .split("\n")
    .map((line) => line.replace(/^npm (error|ERR!) ?(40\d\b)?/, "").trim())
    .filter((line) => line !== "" && !line.startsWith("A complete log"));
  const missing = lines.some((line) => /^code (E404|ENOENT|ETARGET)$/.test(line));
  const reasons = lines.filter((line) => !/^(code|errno|syscall|path|Note that)\b/.test(line)).slice(0, 3);
  throw new NoetlError(
    missing ? "not_found" : "terminal",
    missing ? "NPM_NOT_FOUND" : "NPM_FAILED",
    `npm could not install it: ${reasons.join(" ") || `exit code ${code}`}`,
    { hint: missing ? "a package of the registry is needed, or ./folder, or ./file.tgz" : "nothing was changed" },
  );
}

function quoted(word: string): string {
  return `"${word.replaceAll('"', '""')}"`;
}
