import { randomBytes } from "node:crypto";
import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { isObject, NoetlError, parseJson } from "@noetl/core";

/** What was built last: line 1 is the bare tag (§2.1). */
export const TAG_FILE = ".noetl_last_build_tag.txt";
/** More about it, for `k8s deploy`. */
export const BUILD_FILE = ".noetl_last_build.json";

export interface LastBuild {
  image: string;
  tag: string;
  digest: string | null;
  platform: string;
  engine: string;
  /** RFC 3339 */
  built_at: string;
  commit: string | null;
}

/** Both files, each whole or not at all. */
export async function writeLastBuild(folder: string, build: LastBuild): Promise<void> {
  await writeWhole(join(folder, BUILD_FILE), `${JSON.stringify(build, null, 2)}\n`);
  await writeWhole(join(folder, TAG_FILE), `${build.tag}\n`);
}

async function writeWhole(path: string, text: string): Promise<void> {
  const draft = `${path}.${randomBytes(4).toString("hex")}`;
  try {
    await writeFile(draft, text, { flush: true });
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

export interface LastTag {
  /** the bare tag, or a whole reference as one generation of the command wrote it */
  text: string;
  /** what is known beyond the tag; absent in files of older command lines */
  build?: LastBuild;
}

/** Tag and facts of the last build. Meaning `validation` when there is none, or when the file says nothing usable. */
export async function readLastTag(folder: string): Promise<LastTag> {
  const path = join(folder, TAG_FILE);
  const text = (await readIfThere(path))?.split(/\r?\n/)[0]?.trim();
  if (text === undefined) {
    throw new NoetlError("validation", "TAG_MISSING", `nothing has been built here: there is no ${path}`, {
      hint: "noetl build, or name an image with --tag or --image-ref",
    });
  }
  if (!/^[\w][\w.:/@-]*$/.test(text)) {
    throw new NoetlError("validation", "TAG_INVALID", `${path} holds no tag: ${text === "" ? "it is empty" : text}`, {
      hint: "noetl build writes it anew; --tag names another",
    });
  }
  const build = await readBuild(join(folder, BUILD_FILE));
  return build?.tag === text ? { text, build } : { text };
}

async function readBuild(path: string): Promise<LastBuild | undefined> {
  const text = await readIfThere(path);
  if (text === undefined) return undefined;
  let value: unknown;
  try {
    value = parseJson(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
  if (!isObject(value) || typeof value.tag !== "string" || typeof value.image !== "string") return undefined;
  const word = (key: string) => (typeof value[key] === "string" ? String(value[key]) : "");
  return {
    image: value.image,
    tag: value.tag,
    digest: word("digest") || null,
    platform: word("platform"),
    engine: word("engine"),
    built_at: word("built_at"),
    commit: word("commit") || null,
  };
}

async function readIfThere(path: string): Promise<string | undefined> {
  return readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
}
