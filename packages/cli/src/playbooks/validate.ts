import { type Diagnostic, type ParseOptions, parseDocument } from "@noetl/playbook";
import type { Registry } from "@noetl/tools";
import type { Source } from "./sources.ts";
import { parseWithChildren } from "./with-children.ts";

export interface FileReport {
  file: string;
  valid: boolean;
  errors: number;
  warnings: number;
  diagnostics: Diagnostic[];
}

export interface ValidationReport {
  valid: boolean;
  files: FileReport[];
}

/** Checks documents as `register` and `run` do; `strict` turns legacy forms into errors (DSL §24). */
export async function validateSources(
  sources: readonly Source[],
  options: { profile: "default" | "strict"; tools: Registry; folder: string },
): Promise<ValidationReport> {
  const { profile, tools, folder } = options;
  const files: FileReport[] = [];
  for (const source of sources) {
    const diagnostics = await findings(source, { profile, tools, host: "local" }, folder);
    const errors = diagnostics.filter((found) => found.severity === "error").length;
    const warnings = diagnostics.filter((found) => found.severity === "warning").length;
    files.push({ file: source.file, valid: errors === 0, errors, warnings, diagnostics });
  }
  return { valid: files.every((file) => file.valid), files };
}

/** Of a playbook what hinders a run; of another document what hinders its registration (DSL §2.1). */
async function findings(source: Source, options: ParseOptions, folder: string): Promise<Diagnostic[]> {
  const { diagnostics, document } = await parseWithChildren(source, options, folder);
  const { kind } = document;
  if (kind === undefined || kind === "Playbook" || kind === "Agent") return diagnostics;
  return parseDocument(source.text, { ...options, file: source.file }).diagnostics;
}
