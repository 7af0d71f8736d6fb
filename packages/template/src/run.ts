import type { At } from "./error.ts";
import { fail, locate } from "./error.ts";
import type { Limits, Names, RenderOptions, Warning } from "./types.ts";
import { text } from "./value/text.ts";

export const DEFAULTS: Limits = { outputBytes: 64 * 1024 * 1024, iterations: 1_000_000, depth: 100 };
const NO_OPTIONS: RenderOptions = {};

/** One evaluation of one template: what it writes, and what it may still use up. */
export class Run {
  readonly names: Names;
  readonly options: RenderOptions;
  readonly limits: Limits;
  /** text written so far, in the innermost capture */
  out = "";
  #iterations = 0;
  #depth = 0;
  /** lists and maps made in this template: only they have mutating methods (decision 52) */
  #made: WeakSet<object> | undefined;
  #seed: number | undefined;

  constructor(names: Names, options: RenderOptions = NO_OPTIONS) {
    this.names = names;
    this.options = options;
    this.limits = options.limits ? { ...DEFAULTS, ...options.limits } : DEFAULTS;
  }

  write(value: unknown, at: At): void {
    this.out += typeof value === "string" ? value : text(value, this.limits.outputBytes);
    if (this.out.length > this.limits.outputBytes) this.#tooLong(at);
  }

  /** What `work` writes, apart from the rest of the output. */
  capture(work: () => void): string {
    const before = this.out;
    this.out = "";
    try {
      work();
      return this.out;
    } finally {
      this.out = before;
    }
  }

  /** Counts work on `n` items against the loop limit, so that no template runs for ever. */
  charge(n: number, at: At): void {
    this.#iterations += n;
    if (!(this.#iterations <= this.limits.iterations)) {
      fail(at, "E_TPL_LIMIT", `more than ${this.limits.iterations} loop iterations`);
    }
  }

  /** A text of this length may be made. */
  fits(length: number, at: At): void {
    if (!(length <= this.limits.outputBytes)) this.#tooLong(at);
  }

  enter<T>(at: At, work: () => T): T {
    if (++this.#depth > this.limits.depth) fail(at, "E_TPL_LIMIT", `calls are nested deeper than ${this.limits.depth}`);
    const result = work();
    this.#depth--;
    return result;
  }

  warn(code: Warning["code"], message: string, at: At): void {
    this.options.onWarning?.({ code, message, origin: locate(at) });
  }

  made<T>(value: T): T {
    if (typeof value === "object" && value !== null) {
      this.#made ??= new WeakSet();
      this.#made.add(value);
    }
    return value;
  }

  isMade(value: object): boolean {
    return this.#made?.has(value) === true;
  }

  /** In [0, 1), the same for the same event time, so that replay gives the same choice. */
  random(): number {
    let state = (this.#seed ?? Math.trunc(this.options.now?.() ?? 1)) | 0;
    state = (state + 0x6d2b79f5) | 0;
    this.#seed = state;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }

  #tooLong(at: At): never {
    return fail(at, "E_TPL_LIMIT", `the text is longer than ${this.limits.outputBytes} characters`);
  }
}
