import type { ErrorInfo } from "@noetl/core";
import { VIEW, type View } from "@noetl/template";
import type { BodySource } from "../api.ts";
import { isMap, own } from "../own.ts";
import { statusText } from "../status.ts";
import type { Envelope, StepRecord } from "../types.ts";
import { DataAlias } from "./alias.ts";
import { siteC } from "./step.ts";
import { inline, type Stored, stored } from "./stored.ts";

/** `output` in policy rules (DSL §7.5 A): the envelope itself; data is reached through `.data`. */
export function envelopeView(envelope: Envelope, body: BodySource): View {
  return new EnvelopeView(envelope, body, false);
}

/** The root alias `response` at site A: also reads fields of the data (`response.status_code`). */
export function responseView(envelope: Envelope, body: BodySource): View {
  return new EnvelopeView(envelope, body, true);
}

/** `output` in a task's `set` (DSL §7.5 B): the data, with `.data` for itself and the envelope as a last resort. */
export function dataView(envelope: Envelope, body: BodySource): View {
  return siteC(recordOf(envelope), body);
}

/** An envelope as the record of a step run. */
export function recordOf(envelope: Envelope, step = "", run = 0): StepRecord {
  const { status, data, ref, error, http, pg, py, meta } = envelope;
  return {
    step,
    run,
    status,
    ...(ref ? { ref } : { data }),
    ...(error ? { error } : {}),
    ...(http ? { http } : {}),
    ...(pg ? { pg } : {}),
    ...(py ? { py } : {}),
    meta,
  };
}

/** `output`, its aliases and `error` for the three sites of DSL §7.5. */
export interface SiteNames {
  output: unknown;
  outcome: unknown;
  result: unknown;
  response: unknown;
  error: ErrorInfo | undefined;
}

export function siteNames(output: View, error: ErrorInfo | undefined, response: View = output): SiteNames {
  return { output, outcome: output, result: output, response, error };
}

class EnvelopeView implements View {
  readonly [VIEW] = true as const;
  readonly #envelope: Envelope;
  readonly #data: Stored;
  readonly #dataFields: boolean;

  constructor(envelope: Envelope, body: BodySource, dataFields: boolean) {
    this.#envelope = envelope;
    this.#data = envelope.ref ? stored(envelope.ref, body) : inline(envelope.data);
    this.#dataFields = dataFields;
  }

  attribute(key: string | number): unknown {
    const found = this.#field(String(key));
    if (found !== undefined || !this.#dataFields) return found;
    const known = this.#data.summary && own(this.#data.summary, String(key));
    if (known !== undefined) return known;
    const data = this.#data.read();
    return isMap(data) ? own(data, String(key)) : undefined;
  }

  native(): unknown {
    return { ...this.#envelope, data: this.#data.read() };
  }

  sequence(): unknown {
    return this.native();
  }

  truth(): boolean {
    return true;
  }

  #field(key: string): unknown {
    switch (key) {
      case "status":
        return statusText(this.#envelope.status);
      case "data":
      case "response":
      case "result":
        return this.#data.ref ? new DataAlias(this.#data) : this.#envelope.data;
      case "ref":
      case "error":
      case "http":
      case "pg":
      case "py":
      case "meta":
        return this.#envelope[key];
      default:
        return undefined;
    }
  }
}
