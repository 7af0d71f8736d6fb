import { VIEW, type View } from "@noetl/template";
import { isMap, own } from "../own.ts";
import { referenceField, type Stored, shortText, surelyAbsent } from "./stored.ts";

/**
 * `s.data` where the data has no such key: the data itself, without envelope fields. `result`, `output`, `context` go on
 * being aliases (DSL §7.4).
 */
export class DataAlias implements View {
  readonly [VIEW] = true as const;
  readonly #data: Stored;

  constructor(data: Stored) {
    this.#data = data;
  }

  attribute(key: string | number): unknown {
    const { summary, ref } = this.#data;
    const aliased = key === "result" || key === "output" || key === "context" ? this : undefined;
    if (summary && ref && typeof key === "string") {
      const known = own(summary, key) ?? referenceField(ref, key);
      if (known !== undefined) return known;
      if (surelyAbsent(summary, key)) return aliased;
    }
    const data = this.#data.read();
    if (typeof key === "number") {
      if (Array.isArray(data)) return data.at(key);
      if (typeof data === "string") return Array.from(data).at(key);
    }
    return (isMap(data) ? own(data, String(key)) : undefined) ?? aliased;
  }

  native(): unknown {
    return this.#data.read();
  }

  sequence(): unknown {
    return this.#data.read();
  }

  shortText(): string | undefined {
    return shortText(this.#data);
  }

  size(): number | undefined {
    const count = this.#data.summary && own(this.#data.summary, "_count");
    return typeof count === "number" ? count : undefined;
  }
}
