export type Severity = "error" | "warning" | "info";

/** One finding (DSL §24.3). All findings of a document are reported together, ordered by position. */
export interface Diagnostic {
  /** `E_…` or `W_…` of DSL §24.4 */
  code: string;
  severity: Severity;
  /** names the step: `Step 'load': …` */
  message: string;
  file?: string;
  /** JSON pointer: `/workflow/3/tool/1/spec/policy` */
  path: string;
  step?: string;
  task?: string;
  /** 1-based */
  line: number;
  column: number;
  endLine?: number;
  endColumn?: number;
  hint?: string;
}
