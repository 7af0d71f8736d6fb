import { dirname, resolve } from "node:path";
import { type ParsedPlaybook, type ParseOptions, parsePlaybook } from "@noetl/playbook";
import { readText } from "@noetl/sdk/payload";
import type { Source } from "./sources.ts";

/**
 * Checks a document and, as files, the playbooks that it calls by a literal path (decisions 41, 54); those that are not
 * on this machine are passed over: they may be in a catalog. `folder` is where the command was started.
 */
export async function parseWithChildren(
  { file, text }: Source,
  options: ParseOptions,
  folder: string,
): Promise<ParsedPlaybook> {
  const wanted = new Set<string>();
  const note = (path: string) => void wanted.add(path);
  const alone = parsePlaybook(text, { ...options, file, child: note });
  if (wanted.size === 0) return alone;
  const { resolveChild } = await import("@noetl/runner");
  const found = new Map<string, { text: string; file: string }>();
  for (const path of wanted) {
    const child = await resolveChild(path, file === "stdin" ? undefined : dirname(resolve(folder, file)), folder);
    if (child !== undefined) found.set(path, { text: await readText(child), file: child });
  }
  return found.size === 0 ? alone : parsePlaybook(text, { ...options, file, child: (path) => found.get(path) });
}
