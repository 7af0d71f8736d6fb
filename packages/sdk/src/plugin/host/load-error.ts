import { execFile } from "node:child_process";
import { existsSync, readFileSync, realpathSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { ensureError, isObject, NoetlError } from "@noetl/core";

export interface LoadFailure {
  plugin: string;
  /** of the plugin */
  folder: string;
  error: unknown;
  /** modules that were asked for while it was loaded, in that order */
  asked: readonly string[];
}

/** What went wrong in a module of a plugin, in which line, and what to do about it. Code `PLUGIN_LOAD`. */
export async function loadError(failure: LoadFailure): Promise<NoetlError> {
  const { plugin, folder, error } = failure;
  const gone = goneError(plugin, folder);
  if (gone) return gone;
  const message = messageOf(error);
  const place = await placeOf(failure);
  const where = place === undefined ? "" : ` (${place})`;
  return new NoetlError("terminal", "PLUGIN_LOAD", `plugin '${plugin}' cannot be loaded: ${message}${where}`, {
    cause: error,
    hint: /@noetl\/sdk/.test(message)
      ? `${madeFor(folder)}; update noetl or the plugin`
      : `noetl plugins inspect ${plugin} shows it; noetl plugins uninstall ${plugin} removes it`,
  });
}

/** When the folder of a plugin is no longer there. Code `PLUGIN_LOAD`. */
export function goneError(plugin: string, folder: string): NoetlError | undefined {
  if (existsSync(folder)) return undefined;
  return new NoetlError(
    "terminal",
    "PLUGIN_LOAD",
    `plugin '${plugin}' cannot be loaded: its folder ${folder} is gone`,
    {
      hint: `put it back, or noetl plugins uninstall ${plugin}`,
    },
  );
}

/** Bun keeps the errors of a build in a list, and its place beside each. */
function buildErrors(error: unknown): { message?: unknown; position?: unknown }[] {
  const list: unknown[] = error instanceof AggregateError ? error.errors : [error];
  return list.filter(isObject);
}

function messageOf(error: unknown): string {
  const [first] = buildErrors(error);
  return typeof first?.message === "string" ? first.message : ensureError(error).message;
}

async function placeOf({ folder, error, asked }: LoadFailure): Promise<string | undefined> {
  const position = buildErrors(error)[0]?.position;
  if (isObject(position)) return placed(folder, String(position.file), String(position.line));
  const { stack = "", name } = ensureError(error);
  for (const root of [pathToFileURL(folder).href, folder]) {
    const at = stack.indexOf(`${root}/`);
    const [, file, line] = at < 0 ? [] : (/^(.+?):(\d+)/.exec(stack.slice(at)) ?? []);
    if (file !== undefined && line !== undefined) return placed(folder, file, line);
  }
  return name === "SyntaxError" ? syntaxPlace(folder, asked) : undefined;
}

/** Node tells the place of a syntax error only when nobody catches it. The module asked for last is the likely one. */
async function syntaxPlace(folder: string, asked: readonly string[]): Promise<string | undefined> {
  for (const url of asked
    .filter((one) => one.startsWith("file:"))
    .slice(-8)
    .reverse()) {
    const file = fileURLToPath(url);
    const said = await promisify(execFile)(process.execPath, ["--check", file]).then(
      () => "",
      ({ stderr = "" }: { stderr?: string }) => stderr,
    );
    const line = /:(\d+)\r?\n/.exec(said)?.[1];
    if (line !== undefined) return placed(folder, file, line);
  }
  return undefined;
}

function placed(folder: string, file: string, line: string): string {
  const path = file.startsWith("file:") ? fileURLToPath(file) : file;
  const short = [folder, realpathSync(folder)].map((root) => relative(root, path)).find((way) => !way.startsWith(".."));
  return `${short ?? path}:${line}`;
}

function madeFor(folder: string): string {
  const asks = "it wants what the SDK of this program does not have";
  try {
    const content: unknown = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    if (!isObject(content)) return asks;
    const sections = [content.peerDependencies, content.dependencies, content.devDependencies];
    const range = sections.map((section) => (isObject(section) ? section["@noetl/sdk"] : undefined)).find(Boolean);
    return range === undefined ? asks : `${asks}, and was made for @noetl/sdk ${range}`;
  } catch (error) {
    return `${asks} (${ensureError(error).message})`;
  }
}
