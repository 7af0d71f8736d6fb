import type { Diagnostic } from "../diagnostic.ts";
import { linesOf } from "./lines.ts";

const COLOURS = { error: "31", warning: "33", info: "36" } as const;

/**
 * `file:line:col severity code message`, the lines around it with a caret frame, and the hint.
 *
 *     flows/a.yaml:7:11 error E_NEXT_TARGET Step 'start': next arc refers to unknown step 'laod'
 *        6 |         arcs:
 *        7 |           - step: laod
 *          |                   ^^^^
 *          hint: did you mean 'load'?
 */
export function formatDiagnostic(diagnostic: Diagnostic, text: string, options: { color?: boolean } = {}): string {
  const paint = (code: string, content: string) => (options.color ? `\u001b[${code}m${content}\u001b[0m` : content);
  const { file, line, column, severity, code, message, hint } = diagnostic;
  const place = `${file ?? "<text>"}:${line}:${column}`;
  const head = `${paint("1", place)} ${paint(COLOURS[severity], severity)} ${code} ${harmless(message)}`;
  const lines = linesOf(text);
  const width = Math.max(4, String(line).length + 2);
  const gutter = (content: string) => paint("2", `${content.padStart(width)} | `);
  const out = [head];
  if (line <= lines.count && lines.text(line).trim() !== "") {
    const before = line > 1 ? lines.text(line - 1) : "";
    if (before.trim() !== "") out.push((gutter(String(line - 1)) + cut(before)).trimEnd());
    const source = lines.text(line);
    out.push((gutter(String(line)) + cut(source)).trimEnd());
    out.push(gutter("") + indentLike(source, column) + paint(COLOURS[severity], carets(diagnostic, source)));
  }
  if (hint !== undefined) out.push(`${" ".repeat(width)}   ${paint("2", "hint:")} ${harmless(hint)}`);
  return out.join("\n");
}

const MAX_WIDTH = 160;

function cut(line: string): string {
  return harmless(line.length > MAX_WIDTH ? `${line.slice(0, MAX_WIDTH)}…` : line);
}

/** A file must not be able to steer the terminal it is shown on. One sign for one sign: the caret stays below its character. */
function harmless(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, "\ufffd");
}

/** Tabs stay tabs, so that the caret stands below its character. */
function indentLike(source: string, column: number): string {
  return source.slice(0, Math.min(column - 1, MAX_WIDTH)).replace(/[^\t]/g, " ");
}

function carets({ line, column, endLine, endColumn }: Diagnostic, source: string): string {
  const lineEnd = Math.min(source.length, MAX_WIDTH) + 1;
  const end = endLine === line && endColumn !== undefined ? Math.min(endColumn, lineEnd) : lineEnd;
  return "^".repeat(Math.max(1, end - column));
}
