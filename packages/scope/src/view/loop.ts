import type { Json } from "@noetl/core";
import { VIEW, type View } from "@noetl/template";
import type { BodySource } from "../api.ts";
import { own } from "../own.ts";
import type { LoopGather, LoopPart, StepRecord } from "../types.ts";
import { gather } from "./gather.ts";
import { envelopeField, isAlias } from "./record-field.ts";
import { fetched } from "./stored.ts";

/** Ordered results of a loop, put together when the author asks for it; a part that is stored elsewhere is fetched when it is read (DSL §21.4). */
export class PartsView implements View {
  readonly [VIEW] = true as const;
  readonly #parts: readonly (LoopPart | null)[];
  readonly #body: BodySource;
  readonly #gather: LoopGather | undefined;

  constructor(parts: readonly (LoopPart | null)[], body: BodySource, how?: LoopGather) {
    this.#parts = parts;
    this.#body = body;
    this.#gather = how;
  }

  attribute(key: string | number): unknown {
    const index = typeof key === "number" ? key : /^\d+$/.test(key) ? Number(key) : undefined;
    if (index !== undefined && this.#gather) return this.list().at(index);
    const part = index === undefined ? undefined : this.#parts.at(index);
    return part === undefined ? undefined : this.#read(part);
  }

  native(): unknown {
    return this.list();
  }

  sequence(): unknown {
    return this.list();
  }

  truth(): boolean {
    return this.size() > 0;
  }

  size(): number {
    return this.#gather ? this.list().length : this.#parts.length;
  }

  list(): Json[] {
    const results = this.#parts.map((part) => this.#read(part));
    return this.#gather ? gather(results, this.#gather) : results;
  }

  #read(part: LoopPart | null): Json {
    if (part === null) return null;
    return part.ref ? fetched(part.ref.ref, this.#body) : (part.data ?? null);
  }
}

/** The aggregate of a loop (DSL §16.5): a map as a whole, its results when it is walked over or indexed. */
export class LoopView implements View {
  readonly [VIEW] = true as const;
  readonly #record: StepRecord;
  readonly #parts: PartsView;

  constructor(record: StepRecord, parts: readonly (LoopPart | null)[], body: BodySource) {
    this.#record = record;
    this.#parts = new PartsView(parts, body, record.gather);
  }

  attribute(key: string | number): unknown {
    if (typeof key === "number") return this.#parts.attribute(key);
    const { stats, errors, cursor } = this.#record;
    switch (key) {
      case "results":
      case "data":
        return this.#parts;
      case "stats":
        return stats;
      case "errors":
        return errors ?? [];
    }
    const found = cursor && own(cursor, key);
    if (found !== undefined) return found;
    return isAlias(key) ? this : envelopeField(this.#record, key);
  }

  native(): unknown {
    const { stats, errors, cursor } = this.#record;
    return {
      results: this.#parts.list(),
      ...cursor,
      ...(stats ? { stats } : {}),
      ...(errors && errors.length > 0 ? { errors } : {}),
    };
  }

  sequence(): unknown {
    return this.#parts.list();
  }

  truth(): boolean {
    return true;
  }

  size(): number {
    return this.#parts.size();
  }
}
