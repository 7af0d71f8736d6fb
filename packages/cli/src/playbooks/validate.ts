import { type Diagnostic, parsePlaybook } from "@noetl/playbook";
import type { Registry } from "@noetl/tools";
import type { Source } from "./sources.ts";

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
export function validateSources(
  sources: readonly Source[],
  profile: "default" | "strict",
  tools: Registry,
): ValidationReport {
  const files = sources.map(({ file, text }) => {
    const { diagnostics } = parsePlaybook(text, { file, profile, tools, host: "local" });
    const errors = diagnostics.filter((found) => found.severity === "error").length;
    const warnings = diagnostics.filter((found) => found.severity === "warning").length;
    return { file, valid: errors === 0, errors, warnings, diagnostics };
  });
  return { valid: files.every((file) => file.valid), files };
}
