import { existsSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { NoetlError } from "@noetl/core";
import { TAG_FILE } from "./tag-file.ts";

export interface Project {
  /** where the tag file belongs */
  root: string;
  /** what the engine gets to see */
  context: string;
  /** absolute */
  dockerfile: string;
}

/** Where Dockerfiles are looked for, in this order; the first two are the layouts of older source trees. */
const PLACES = ["docker/noetl/Dockerfile", "docker/noetl/dev/Dockerfile", "Dockerfile"] as const;

/**
 * What is built: the nearest folder upwards that holds a Dockerfile, at most up to the one with `.git`. `--context-dir` and
 * `--file` say it themselves, relative to where the command runs. Meaning `validation` when there is none.
 */
export function projectOf(cwd: string, flags: { file?: string | undefined; contextDir?: string | undefined }): Project {
  if (flags.contextDir !== undefined || flags.file !== undefined) return namedProject(cwd, flags);
  for (const root of upwards(cwd)) {
    const place = PLACES.find((one) => existsSync(join(root, one)));
    if (place !== undefined) return { root, context: root, dockerfile: join(root, place) };
  }
  throw new NoetlError("validation", "DOCKERFILE_MISSING", `there is no Dockerfile in ${cwd} or above it`, {
    hint: `looked for ${PLACES.join(", ")}; --file and --context-dir name others`,
  });
}

function namedProject(cwd: string, flags: { file?: string | undefined; contextDir?: string | undefined }): Project {
  const context = resolve(cwd, flags.contextDir ?? ".");
  if (!existsSync(context)) {
    throw new NoetlError("validation", "E_FOLDER_MISSING", `there is no folder ${context} (--context-dir)`);
  }
  const named = flags.file === undefined ? undefined : resolve(cwd, flags.file);
  const dockerfile = named ?? PLACES.map((place) => join(context, place)).find((path) => existsSync(path));
  if (dockerfile === undefined || !existsSync(dockerfile)) {
    throw new NoetlError(
      "validation",
      "DOCKERFILE_MISSING",
      `there is no ${dockerfile ?? `Dockerfile in ${context}`}`,
      {
        hint: "--file names it",
      },
    );
  }
  return { root: context, context, dockerfile };
}

/** The nearest folder upwards with a tag file, for who deploys what was built; else where the command runs. */
export function tagFolder(cwd: string): string {
  return upwards(cwd).find((folder) => existsSync(join(folder, TAG_FILE))) ?? cwd;
}

/** From a folder up to the one with `.git`; without one only the folder itself: nobody means a Dockerfile of `/`. */
function upwards(cwd: string): string[] {
  const folders: string[] = [];
  for (let folder = resolve(cwd); ; folder = dirname(folder)) {
    folders.push(folder);
    if (existsSync(join(folder, ".git"))) return folders;
    if (dirname(folder) === folder) return folders.slice(0, 1);
  }
}

/** As the engine is told: relative to the folder it runs in, when the file is inside. */
export function shownPath({ context, dockerfile }: Project): string {
  const path = relative(context, dockerfile);
  return path.startsWith("..") ? dockerfile : path;
}
