import type { Unit } from "../error.ts";
import { fail } from "../error.ts";
import type { Token } from "../scan/token.ts";

const MAX_DEPTH = 200;

/** A place in a list of tokens; the last token is always `end`. */
export class Cursor {
  readonly unit: Unit;
  readonly #tokens: readonly Token[];
  #index = 0;
  #depth = 0;

  constructor(unit: Unit, tokens: readonly Token[]) {
    this.unit = unit;
    this.#tokens = tokens;
  }

  peek(ahead = 0): Token {
    const last = this.#tokens.length - 1;
    return this.#tokens[Math.min(this.#index + ahead, last)] ?? { kind: "end", value: "", at: 0, end: 0 };
  }

  next(): Token {
    const token = this.peek();
    this.#index++;
    return token;
  }

  isOp(value: string, ahead = 0): boolean {
    const token = this.peek(ahead);
    return token.kind === "op" && token.value === value;
  }

  isName(value: string, ahead = 0): boolean {
    const token = this.peek(ahead);
    return token.kind === "name" && token.value === value;
  }

  takeOp(value: string): boolean {
    if (!this.isOp(value)) return false;
    this.#index++;
    return true;
  }

  takeName(value: string): boolean {
    if (!this.isName(value)) return false;
    this.#index++;
    return true;
  }

  expectOp(value: string): void {
    if (!this.takeOp(value)) this.unexpected(`'${value}'`);
  }

  expectName(): { value: string; at: number } {
    const token = this.peek();
    if (token.kind !== "name") this.unexpected("a name");
    this.#index++;
    return { value: String(token.value), at: token.at };
  }

  expectEnd(): void {
    if (this.peek().kind !== "end") this.unexpected("the end of the tag");
  }

  unexpected(wanted: string): never {
    const token = this.peek();
    const seen = token.kind === "end" ? "the end of the tag" : `'${this.unit.source.slice(token.at, token.end)}'`;
    return fail({ unit: this.unit, offset: token.at }, "E_TPL_SYNTAX", `expected ${wanted}, not ${seen}`);
  }

  /** Bounds the nesting of what is parsed, and with it the depth of evaluation. */
  nested<T>(work: () => T): T {
    if (++this.#depth > MAX_DEPTH) {
      fail({ unit: this.unit, offset: this.peek().at }, "E_TPL_LIMIT", "expressions are nested too deeply");
    }
    const result = work();
    this.#depth--;
    return result;
  }
}
