import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { NoetlError } from "@noetl/core";
import { type Diagnostic, type Plan, type Playbook, parsePlaybook, planOf } from "@noetl/playbook";
import type { Registry } from "@noetl/tools";

/** A playbook ready to run. `file` is absolute; null when it came from a catalog. */
export interface Loaded {
  file: string | null;
  /** what findings call it */
  shown: string;
  directory: string | undefined;
  text: string;
  /** sha-256 of the text, hex */
  definition: string;
  playbook: Playbook;
  plan: Plan;
  diagnostics: Diagnostic[];
}

/** The findings of a playbook that cannot run; `text` and `file` let the edge draw caret frames. */
export class InvalidPlaybook extends NoetlError {
  readonly diagnostics: Diagnostic[];
  readonly file: string;
  readonly text: string;
  constructor(diagnostics: Diagnostic[], file: string, text: string) {
    const errors = diagnostics.filter((found) => found.severity === "error");
    const first = errors[0];
    super(
      "validation",
      first?.code ?? "E_PLAYBOOK",
      `${file} is not a valid playbook: ${first?.message ?? "unknown"}`,
      {
        hint: errors.length > 1 ? `${errors.length} errors in all; noetl validate shows them` : first?.hint,
      },
    );
    this.diagnostics = diagnostics;
    this.file = file;
    this.text = text;
  }
}

/** Reads and checks a file. Meanings: `not_found` no such file, `validation` (InvalidPlaybook). */
export async function loadFile(file: string, registry: Registry): Promise<Loaded> {
  const absolute = resolve(file);
  let text: string;
  try {
    text = await readFile(absolute, "utf8");
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === "ENOENT" || code === "ENOTDIR") {
      throw new NoetlError("not_found", "E_FILE_MISSING", `there is no file ${file}`, { cause: error });
    }
    throw new NoetlError("terminal", "E_FILE_READ", `cannot read ${file}: ${(error as Error).message}`, {
      hint: code === "EISDIR" ? "give a file, not a folder" : "check the permissions of the file",
      cause: error,
    });
  }
  return loadText(text, { file: absolute, shown: file, registry });
}

export function loadText(text: string, options: { file: string | null; shown: string; registry: Registry }): Loaded {
  const { playbook, diagnostics } = parsePlaybook(text, {
    file: options.shown,
    tools: options.registry,
    host: "local",
  });
  if (!playbook) throw new InvalidPlaybook(diagnostics, options.shown, text);
  return {
    file: options.file,
    shown: options.shown,
    directory: options.file === null ? undefined : dirname(options.file),
    text,
    definition: createHash("sha256").update(text).digest("hex"),
    playbook,
    plan: planOf(playbook),
    diagnostics,
  };
}
