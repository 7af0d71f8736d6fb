import { type Diagnostic, formatDiagnostic } from "@noetl/playbook";
import { InvalidPlaybook } from "@noetl/runner";
import type { Palette } from "@noetl/sdk";
import { count } from "@noetl/sdk";

/** Draws every finding of a playbook that could not be loaded; other errors draw nothing. */
export function showInvalid(error: unknown, print: (text: string) => void, paint: Palette): void {
  if (!(error instanceof InvalidPlaybook)) return;
  const color = paint.bold("x") !== "x";
  for (const found of error.diagnostics) {
    if (found.severity === "error") print(`${formatDiagnostic(found, error.text, { color })}\n`);
  }
}

/** `3 warnings in flow.yaml; …` or nothing. */
export function warningsLine(diagnostics: readonly Diagnostic[], file: string): string | undefined {
  const warnings = diagnostics.filter((found) => found.severity === "warning").length;
  return warnings === 0
    ? undefined
    : `${count(warnings, "warning")} in ${file}; noetl validate shows ${warnings === 1 ? "it" : "them"}`;
}
