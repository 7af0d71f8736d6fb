import { errorInfo } from "../outcome.ts";

export interface RowLimits {
  /** Infinity = none */
  rows: number;
  /** of the text that the server sends */
  bytes: number;
  onOverflow: "error" | "truncate";
}

export const MAX_ROWS = 10_000;

/** A statement gave more than the limits allow. */
export class TooManyRows extends Error {
  constructor(limits: RowLimits, rows: number) {
    const limit = rows >= limits.rows ? `${limits.rows} rows` : `${limits.bytes} bytes`;
    super(`the statement returns more than ${limit}`);
  }
}

export function tooManyRows(error: TooManyRows) {
  const recovery = "select less, raise `max_rows`, or say `on_overflow: truncate`";
  return errorInfo("limit", error.message, { code: "TOO_MANY_ROWS", recovery });
}
