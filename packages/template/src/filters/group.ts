import type { View } from "../types.ts";
import { VIEW } from "../types.ts";

/** One entry of `groupby`: a pair that also answers `.grouper` and `.list`. */
export class Group implements View {
  readonly [VIEW] = true as const;
  readonly #pair: readonly [unknown, unknown[]];

  constructor(grouper: unknown, list: unknown[]) {
    this.#pair = [grouper, list];
  }

  attribute(key: string | number): unknown {
    if (key === "grouper" || key === 0 || key === -2) return this.#pair[0];
    return key === "list" || key === 1 || key === -1 ? this.#pair[1] : undefined;
  }

  native(): unknown {
    return this.#pair;
  }

  sequence(): unknown {
    return this.#pair;
  }
}
