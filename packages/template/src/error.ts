import { NoetlError } from "@noetl/core";
import type { Origin, TemplateErrorCode } from "./types.ts";

/** The string that is being compiled: what positions are relative to. */
export interface Unit {
  readonly source: string;
  readonly origin: Origin | undefined;
}

/** A place in a template. */
export interface At {
  readonly unit: Unit;
  readonly offset: number;
}

/** A template that cannot be compiled or evaluated. `origin` is the place in the document (DSL §8.9, §24.4). */
export class TemplateError extends NoetlError {
  declare readonly code: TemplateErrorCode;
  readonly origin: Origin | undefined;
  /** the message without its position */
  readonly detail: string;

  constructor(
    code: TemplateErrorCode,
    detail: string,
    options: { origin?: Origin; hint?: string; source?: string } = {},
  ) {
    const { origin, hint, source } = options;
    const where = origin ? ` at ${origin.file ? `${origin.file}:` : ""}${origin.line}:${origin.column}` : "";
    super("validation", code, `template error${where}: ${detail}`, {
      hint,
      data: source === undefined ? undefined : { template: excerpt(source) },
    });
    this.name = "TemplateError";
    this.detail = detail;
    this.origin = origin;
  }
}

export function fail(at: At, code: TemplateErrorCode, detail: string, hint?: string): never {
  const options = { origin: locate(at), source: at.unit.source };
  throw new TemplateError(code, detail, hint === undefined ? options : { ...options, hint });
}

/** Document position of an offset. Lines after the first keep the indentation of the first, as in block scalars. */
export function locate(at: At): Origin {
  const { source, origin } = at.unit;
  let line = 0;
  let start = 0;
  for (let i = source.indexOf("\n"); i >= 0 && i < at.offset; i = source.indexOf("\n", i + 1)) {
    line++;
    start = i + 1;
  }
  const base = origin ?? { line: 1, column: 1 };
  const place = { line: base.line + line, column: base.column + at.offset - start };
  return base.file === undefined ? place : { file: base.file, ...place };
}

function excerpt(source: string): string {
  return source.length > 200 ? `${source.slice(0, 200)}…` : source;
}

/** Deep recursion and strings beyond the runtime's size surface as RangeError: both are limits, not bugs. */
export function limited<T>(at: At, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof RangeError) fail(at, "E_TPL_LIMIT", "the template needs too much depth or memory");
    throw error;
  }
}
