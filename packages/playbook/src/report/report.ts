import type { Diagnostic, Severity } from "../diagnostic.ts";
import { pointer, type Where } from "../read/node.ts";
import { type Lines, linesOf } from "./lines.ts";
import { suggestion } from "./suggest.ts";

/** `strict` refuses what `default` rewrites or ignores (DSL §1.2). */
export type Profile = "default" | "strict";

export interface Scope {
  step?: string | undefined;
  task?: string | undefined;
  /** 1-based */
  rule?: number | undefined;
}

/** Collects the findings of one document. Reports made with `within` share the collection. */
export interface Report {
  readonly profile: Profile;
  readonly lines: Lines;
  add(severity: Severity, code: string, where: Where, message: string, hint?: string): void;
  error(code: string, where: Where, message: string, hint?: string): void;
  warn(code: string, where: Where, message: string, hint?: string): void;
  /** A legacy form that was understood: `W_LEGACY`, in `strict` an error (DSL §25). */
  legacy(where: Where, old: string, now: string, strictCode?: string): void;
  /** A key nobody reads: `W_UNKNOWN_KEY`, in `strict` `E_UNKNOWN_KEY`; never more than a warning for tool keys. */
  unknownKey(where: Where, key: string, known: Iterable<string>, options?: { tool?: string; hint?: string }): void;
  within(scope: Scope): Report;
  readonly failed: boolean;
  /** Ordered by position. */
  finish(): Diagnostic[];
}

interface Finding extends Diagnostic {
  offset: number;
}

export function reportFor(text: string, options: { file?: string | undefined; profile?: Profile | undefined }): Report {
  const findings: Finding[] = [];
  const profile = options.profile ?? "default";
  const lines = linesOf(text);
  const make = (scope: Scope): Report => {
    const report: Report = {
      profile,
      lines,
      get failed() {
        return findings.some((finding) => finding.severity === "error");
      },
      add(severity, code, where, message, hint) {
        const from = lines.position(where.span.start);
        const to = lines.position(Math.max(where.span.end, where.span.start));
        findings.push({
          code,
          severity,
          message: prefix(scope) + message,
          ...(options.file === undefined ? {} : { file: options.file }),
          path: pointer(where.place),
          ...(scope.step === undefined ? {} : { step: scope.step }),
          ...(scope.task === undefined ? {} : { task: scope.task }),
          line: from.line,
          column: from.column,
          endLine: to.line,
          endColumn: to.column,
          ...(hint === undefined ? {} : { hint }),
          offset: where.span.start,
        });
      },
      error: (code, where, message, hint) => report.add("error", code, where, message, hint),
      warn: (code, where, message, hint) => report.add("warning", code, where, message, hint),
      legacy(where, old, now, strictCode = "E_LEGACY_KEY") {
        if (profile === "strict") {
          report.error(strictCode, where, `'${old}' is not part of the current language; use ${now}`);
        } else {
          report.warn("W_LEGACY", where, `'${old}' was read as ${now}`);
        }
      },
      unknownKey(where, key, known, { tool, hint = suggestion(key, known) } = {}) {
        if (tool !== undefined) report.warn("W_UNKNOWN_KEY", where, `unknown key '${key}' of tool '${tool}'`, hint);
        else if (profile === "strict") report.error("E_UNKNOWN_KEY", where, unknownMessage(where, key), hint);
        else report.warn("W_UNKNOWN_KEY", where, unknownMessage(where, key), hint);
      },
      within: (inner) => make({ ...scope, ...inner }),
      finish: () => ordered(findings),
    };
    return report;
  };
  return make({});
}

function unknownMessage(where: Where, key: string): string {
  return `unknown key '${key}' at ${pointer(where.place?.parent) || "/"}`;
}

function prefix({ step, task, rule }: Scope): string {
  const parts: string[] = [];
  if (step !== undefined) parts.push(`Step '${step}'`);
  if (task !== undefined) parts.push(step === undefined ? `Task '${task}'` : `task '${task}'`);
  if (rule !== undefined) parts.push(`rule ${rule}`);
  return parts.length === 0 ? "" : `${parts.join(", ")}: `;
}

/** By position; one finding may be met on several ways through a shared definition and is told once. */
function ordered(findings: readonly Finding[]): Diagnostic[] {
  const seen = new Set<string>();
  const unique = findings.filter((finding) => {
    const key = `${finding.code} ${finding.offset} ${finding.endLine}:${finding.endColumn} ${finding.message}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
  return unique.sort((a, b) => a.offset - b.offset).map(({ offset: _offset, ...diagnostic }) => diagnostic);
}
