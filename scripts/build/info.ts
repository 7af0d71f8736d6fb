import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { BuildInfo } from "../../packages/cli/src/built/info.ts";

/** Version from `packages/cli/package.json` (or `NOETL_BUILD_VERSION`, for a rehearsal), commit from git. */
export function buildInfo(root: string, kind: BuildInfo["kind"]): BuildInfo {
  const { version } = JSON.parse(readFileSync(join(root, "packages", "cli", "package.json"), "utf8"));
  return { kind, version: process.env.NOETL_BUILD_VERSION || version, commit: commitOf(root) };
}

function commitOf(root: string): string {
  if (process.env.GITHUB_SHA) return process.env.GITHUB_SHA.slice(0, 12);
  try {
    return execFileSync("git", ["rev-parse", "--short=12", "HEAD"], {
      cwd: root,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }).trim();
  } catch (error) {
    // A source archive has no history, and then the commit is not known.
    if (error instanceof Error) return "";
    throw error;
  }
}
