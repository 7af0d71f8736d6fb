import type { Unit } from "../error.ts";
import type { RefPath } from "../types.ts";

/** One body with its own frame: the template, or a macro. */
export interface Body {
  readonly parent: Scope | undefined;
  /** slots of its frame, slot 0 included */
  size: number;
}

interface Variable {
  readonly slot: number;
  /** set in a branch: it may be unset when it is read */
  readonly conditional: boolean;
}

/** What is shared while one template is compiled. */
export interface Compilation {
  readonly unit: Unit;
  /** names that any `set`, `macro`, `for`, `with` of the template binds */
  readonly bound: ReadonlySet<string>;
  /** some method call changes its object: remember which values were made here */
  readonly tracking: boolean;
  readonly refs: Map<string, RefPath>;
  /** calls the global `token` */
  callsToken: boolean;
}

/** Names of one block, resolved when the template is compiled (Jinja's scoping rules). */
export class Scope {
  readonly compilation: Compilation;
  readonly body: Body;
  readonly #outer: Scope | undefined;
  readonly #variables = new Map<string, Variable>();
  readonly #used = new Set<string>();
  readonly #later: (() => void)[] = [];
  #branches = 0;

  constructor(compilation: Compilation, body: Body, outer: Scope | undefined) {
    this.compilation = compilation;
    this.body = body;
    this.#outer = outer;
  }

  /** A block in the same body: `for`, `with`, blocks. */
  block(): Scope {
    return new Scope(this.compilation, this.body, this);
  }

  /** A body of its own: a macro. */
  macro(): Scope {
    return new Scope(this.compilation, { parent: this, size: 1 }, undefined);
  }

  declare(name: string): number {
    const known = this.#variables.get(name);
    if (known) return known.slot;
    const slot = this.body.size++;
    this.#variables.set(name, { slot, conditional: this.#branches > 0 });
    return slot;
  }

  /** Declarations made in `work` may not happen when the template runs. */
  branch<T>(work: () => T): T {
    this.#branches++;
    const result = work();
    this.#branches--;
    return result;
  }

  /** Bodies of macros are compiled when all names of the block are known: they may use what is set after them. */
  later(work: () => void): void {
    this.#later.push(work);
  }

  settle(): void {
    for (let work = this.#later.shift(); work; work = this.#later.shift()) work();
  }

  /** Slots that must be unset whenever the block is entered again. */
  conditionalSlots(): number[] {
    return [...this.#variables.values()].filter(({ conditional }) => conditional).map(({ slot }) => slot);
  }

  uses(name: string): boolean {
    return this.#used.has(name);
  }

  /** Where to look for a name, innermost first; `context` when the names from outside may be asked too. */
  resolve(name: string): { places: { depth: number; slot: number; conditional: boolean }[]; context: boolean } {
    const places: { depth: number; slot: number; conditional: boolean }[] = [];
    let depth = 0;
    for (let scope: Scope | undefined = this; scope; ) {
      const variable = scope.#variables.get(name);
      if (variable) {
        scope.#used.add(name);
        // an outer frame may be read before its variable is set: a macro can be called early
        const conditional = variable.conditional || depth > 0;
        places.push({ depth, slot: variable.slot, conditional });
        if (!conditional) return { places, context: false };
      }
      if (scope.#outer) scope = scope.#outer;
      else {
        scope = scope.body.parent;
        depth++;
      }
    }
    return { places, context: true };
  }

  reference(path: RefPath): void {
    const key = path.join("\u0000");
    if (!this.compilation.refs.has(key)) this.compilation.refs.set(key, path);
  }
}
