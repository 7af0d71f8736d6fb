/** Expressions. `at` is an offset into the source. */
export type Node =
  | { t: "literal"; value: unknown; at: number }
  | { t: "name"; name: string; at: number }
  | { t: "list"; items: Node[]; tuple: boolean; at: number }
  | { t: "dict"; entries: { key: Node; value: Node }[]; at: number }
  | { t: "attr"; object: Node; key: string | number; at: number }
  | { t: "item"; object: Node; key: Node; at: number }
  | { t: "slice"; object: Node; from: Node | undefined; to: Node | undefined; step: Node | undefined; at: number }
  | { t: "call"; callee: Node; args: Arguments; at: number }
  | { t: "filter"; input: Node | undefined; name: string; args: Arguments; at: number }
  | { t: "test"; input: Node; name: string; args: Arguments; at: number }
  | { t: "not"; operand: Node; at: number }
  | { t: "sign"; negative: boolean; operand: Node; at: number }
  | { t: "binary"; op: BinaryOp; left: Node; right: Node; at: number }
  | { t: "concat"; parts: Node[]; at: number }
  | { t: "compare"; first: Node; rest: { op: CompareOp; operand: Node; at: number }[]; at: number }
  | { t: "and" | "or"; parts: Node[]; at: number }
  | { t: "choice"; test: Node; yes: Node; no: Node | undefined; at: number };

export type BinaryOp = "+" | "-" | "*" | "/" | "//" | "%" | "**";
export type CompareOp = "==" | "!=" | "<" | "<=" | ">" | ">=" | "in" | "not in";

export interface Arguments {
  positional: Node[];
  named: { name: string; value: Node }[];
  /** `*expr` and `**expr` */
  spread: Node | undefined;
  spreadNamed: Node | undefined;
}

/** What `for`, `set` and `with` bind. `member` is `namespace.attribute`. */
export type Target =
  | { t: "var"; name: string; at: number }
  | { t: "unpack"; targets: Target[]; at: number }
  | { t: "member"; object: string; key: string; at: number };

export interface Parameter {
  name: string;
  fallback: Node | undefined;
}

/** A statement tag as it stands alone, before bodies are matched to it. */
export type Tag =
  | { t: "if" | "elif"; test: Node; at: number }
  | { t: "else" | "break" | "continue"; at: number }
  | { t: "end"; of: string; at: number }
  | { t: "for"; target: Target; source: Node; filter: Node | undefined; recursive: boolean; at: number }
  | { t: "set"; target: Target; value: Node; at: number }
  | { t: "setblock"; target: Target; filter: Node | undefined; at: number }
  | { t: "with"; bindings: { target: Target; value: Node }[]; at: number }
  | { t: "macro"; name: string; parameters: Parameter[]; at: number }
  | { t: "call"; parameters: Parameter[]; call: Node & { t: "call" }; at: number }
  | { t: "filterblock"; filter: Node; at: number }
  | { t: "do"; value: Node; at: number };

export type Statement =
  | { t: "text"; text: string }
  | { t: "output"; value: Node; at: number; end: number }
  | { t: "if"; branches: { test: Node; body: Statement[] }[]; otherwise: Statement[]; at: number }
  | {
      t: "for";
      target: Target;
      source: Node;
      filter: Node | undefined;
      recursive: boolean;
      body: Statement[];
      otherwise: Statement[];
      at: number;
    }
  | { t: "set"; target: Target; value: Node; at: number }
  | { t: "setblock"; target: Target; filter: Node | undefined; body: Statement[]; at: number }
  | { t: "with"; bindings: { target: Target; value: Node }[]; body: Statement[]; at: number }
  | { t: "macro"; name: string; parameters: Parameter[]; body: Statement[]; at: number }
  | { t: "call"; parameters: Parameter[]; call: Node & { t: "call" }; body: Statement[]; at: number }
  | { t: "filterblock"; filter: Node; body: Statement[]; at: number }
  | { t: "do"; value: Node; at: number }
  | { t: "break" | "continue"; at: number };
