import type { At } from "../error.ts";
import { fail } from "../error.ts";
import type { Run } from "../run.ts";
import type { View } from "../types.ts";
import { VIEW } from "../types.ts";
import type { CallArguments, PlainMap } from "../value/kind.ts";
import { Callable, own, put } from "../value/kind.ts";

/** `namespace(a=1)`: the one thing whose attributes `set` can change from inside a loop. */
export class Namespace implements View {
  readonly [VIEW] = true as const;
  readonly #values: PlainMap = {};

  attribute(key: string | number): unknown {
    return own(this.#values, String(key));
  }

  set(key: string, value: unknown): void {
    put(this.#values, key, value);
  }

  native(): unknown {
    return this.#values;
  }

  sequence(): unknown {
    return this.#values;
  }

  truth(): boolean {
    return true;
  }
}

/** `cycler('a', 'b')` with `next()`, `reset()` and `current`. */
export class Cycler implements View {
  readonly [VIEW] = true as const;
  readonly #values: readonly unknown[];
  #position = 0;

  constructor(values: readonly unknown[]) {
    this.#values = values;
  }

  attribute(key: string | number): unknown {
    if (key === "current") return this.#values[this.#position];
    if (key === "next") {
      return new Step(() => {
        const value = this.#values[this.#position];
        this.#position = (this.#position + 1) % this.#values.length;
        return value;
      });
    }
    if (key !== "reset") return undefined;
    return new Step(() => {
      this.#position = 0;
      return null;
    });
  }

  native(): unknown {
    return this.#values;
  }

  sequence(): unknown {
    return this.#values;
  }
}

/** `joiner(', ')`: empty at the first call. */
export class Joiner extends Callable {
  readonly #separator: unknown;
  #used = false;

  constructor(separator: unknown) {
    super();
    this.#separator = separator;
  }

  invoke(args: CallArguments, _run: Run, at: At): unknown {
    if (args.positional.length > 0) fail(at, "E_TPL_CALL", "a joiner takes no arguments");
    if (this.#used) return this.#separator;
    this.#used = true;
    return "";
  }
}

class Step extends Callable {
  readonly #work: () => unknown;
  constructor(work: () => unknown) {
    super();
    this.#work = work;
  }
  invoke(): unknown {
    return this.#work();
  }
}
