import { VIEW, type View } from "@noetl/template";
import type { BodySource, SiteCOptions } from "../api.ts";
import { isMap, own } from "../own.ts";
import type { StepRecord } from "../types.ts";
import { DataAlias } from "./alias.ts";
import { LoopView } from "./loop.ts";
import { envelopeField, hasFailed, isAlias } from "./record-field.ts";
import { inline, referenceField, type Stored, shortText, stored, surelyAbsent } from "./stored.ts";

/** The result of a finished step as templates see it (DSL §7.4). `undefined` for a step that has none. */
export function stepView(record: StepRecord, body: BodySource, options: SiteCOptions = {}): View | undefined {
  const empty = record.data === undefined && !record.ref && !record.parts;
  return record.status === "skipped" && empty ? undefined : siteC(record, body, options);
}

/** `output` in step `set`, arcs and `step.output` (DSL §7.5 C): the step view, also of a skipped step. */
export function siteC(record: StepRecord, body: BodySource, options: SiteCOptions = {}): View {
  if (record.parts) return new LoopView(record, record.parts, body);
  const data = record.ref ? stored(record.ref, body) : inline(record.data ?? null);
  return new StepView(record, data, options);
}

export class StepView implements View {
  readonly [VIEW] = true as const;
  readonly #record: StepRecord;
  readonly #data: Stored;
  readonly #options: SiteCOptions;

  constructor(record: StepRecord, data: Stored, options: SiteCOptions) {
    this.#record = record;
    this.#data = data;
    this.#options = options;
  }

  attribute(key: string | number): unknown {
    if (typeof key === "number") return this.#element(key);
    const record = this.#record;
    if (key === "status" && this.#options.httpLenient) {
      const status = envelopeField(record, key, this.#options);
      if (typeof status === "number") return status;
    }
    if ((key === "status" || key === "error") && hasFailed(record)) return envelopeField(record, key);
    const { summary, ref } = this.#data;
    if (summary && ref) {
      const known = own(summary, key);
      if (known !== undefined) return known;
      const virtual = referenceField(ref, key) ?? envelopeField(record, key);
      if (virtual !== undefined || key === "error") return virtual;
      if (surelyAbsent(summary, key)) return this.#virtual(key);
    }
    const data = this.#data.read();
    const found = isMap(data) ? own(data, key) : undefined;
    return found === undefined ? (this.#virtual(key) ?? envelopeField(record, key)) : found;
  }

  native(): unknown {
    return this.#data.read();
  }

  sequence(): unknown {
    return this.#data.read();
  }

  truth(): boolean {
    const { ref } = this.#data;
    // `""`, `[]`, `{}`, `null`, `false` are at most five bytes long
    if (ref && ref.meta.bytes > 5) return true;
    const data = this.#data.read();
    return typeof data === "object" && data !== null ? Object.keys(data).length > 0 : Boolean(data);
  }

  /** The data where it is a text; not asked of stored bodies that are longer than any text that counts as false. */
  shortText(): string | undefined {
    return shortText(this.#data);
  }

  size(): number | undefined {
    const count = this.#data.summary && own(this.#data.summary, "_count");
    return typeof count === "number" ? count : undefined;
  }

  #element(index: number): unknown {
    const data = this.#data.read();
    if (Array.isArray(data)) return data.at(index);
    if (typeof data === "string") return Array.from(data).at(index);
    return isMap(data) ? own(data, String(index)) : undefined;
  }

  /** `data` is the data itself, `result`, `output` and `context` are the view again. */
  #virtual(key: string): unknown {
    if (key === "data") return new DataAlias(this.#data);
    return isAlias(key) ? this : undefined;
  }
}
