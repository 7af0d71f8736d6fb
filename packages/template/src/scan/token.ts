/** Tokens of an expression or a statement head. `value` of `op` and `name` is the text, of literals the value. */
export type Token =
  | { kind: "name"; value: string; at: number; end: number }
  | { kind: "string"; value: string; at: number; end: number }
  | { kind: "number"; value: number | bigint; at: number; end: number }
  | { kind: "op"; value: string; at: number; end: number }
  | { kind: "end"; value: ""; at: number; end: number };
