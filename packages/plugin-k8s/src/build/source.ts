import { readFile } from "node:fs/promises";
import { isNoetlError } from "@noetl/core";
import type { Exec } from "../exec/index.ts";

export interface Commit {
  id: string;
  short: string;
  /** something differs from the commit, new files too */
  dirty: boolean;
}

/** The commit a folder is at; undefined outside of a repository, in one without commits, and without git. */
export async function commitOf(exec: Exec, folder: string): Promise<Commit | undefined> {
  const git = async (...args: string[]) => {
    const { code, stdout } = await exec({ argv: ["git", ...args], cwd: folder, reads: true });
    return code === 0 ? stdout : undefined;
  };
  try {
    const id = (await git("rev-parse", "HEAD"))?.trim();
    if (id === undefined || id === "") return undefined;
    const status = await git("status", "--porcelain", "--", ".");
    const changes = (status ?? "").split("\n").filter((line) => line !== "" && !/ \.noetl_last_build/.test(line));
    return { id, short: id.slice(0, 7), dirty: changes.length > 0 };
  } catch (error) {
    if (isNoetlError(error) && error.code === "PROGRAM_MISSING") return undefined;
    throw error;
  }
}

/** Names of the build arguments a Dockerfile declares: an engine warns about others. */
export async function declaredArguments(dockerfile: string): Promise<Set<string>> {
  const text = await readFile(dockerfile, "utf8");
  return new Set([...text.matchAll(/^\s*ARG\s+([A-Za-z_]\w*)/gim)].map(([, name = ""]) => name));
}
