import type { Json, JsonObject } from "@noetl/core";
import { isObject } from "@noetl/core";
import { formsOf, SHORTEST_SECRET } from "./forms.ts";

/** What a masked secret prints as (decision 45). */
export const MASK = "***";

/** Secrets kept at most; the ones resolved last are the ones in use. */
const KEPT = 512;

/** Holds every secret value this process resolved, and masks them wherever they turn up (DSL §9.3). */
export interface Redactor {
  /** Strings at any depth of `value` are secrets from now on. */
  add(value: unknown): void;
  text(text: string): string;
  /** The same value when nothing in it is secret. Map keys are masked too. */
  json<T extends Json>(value: T): T;
  /** Masks a stream whose chunks may cut a secret in two. */
  stream(emit: (text: string) => void): TextStream;
}

export interface TextStream {
  write(text: string): void;
  /** Gives out what was held back. */
  end(): void;
}

export function createRedactor(): Redactor {
  const secrets = new Map<string, string[]>();
  let pattern: RegExp | undefined;
  let forms: string[] = [];
  let stale = false;

  const compile = () => {
    if (!stale) return pattern;
    forms = [...new Set([...secrets.values()].flat())].sort((a, b) => b.length - a.length);
    pattern = forms.length === 0 ? undefined : new RegExp(forms.map(escapePattern).join("|"), "g");
    stale = false;
    return pattern;
  };

  const keep = (secret: string) => {
    if (secret.trim().length < SHORTEST_SECRET) return;
    const known = secrets.get(secret);
    secrets.delete(secret);
    secrets.set(secret, known ?? formsOf(secret));
    if (known) return;
    stale = true;
    const oldest = secrets.keys().next().value;
    if (secrets.size > KEPT && oldest !== undefined) secrets.delete(oldest);
  };

  const text = (value: string) => {
    const secret = compile();
    return secret ? value.replace(secret, MASK) : value;
  };

  const json = (value: Json): Json => {
    if (typeof value === "string") return text(value);
    if (Array.isArray(value)) {
      let copy: Json[] | undefined;
      for (const [index, item] of value.entries()) {
        const masked = json(item);
        if (masked !== item) copy ??= value.slice();
        if (copy) copy[index] = masked;
      }
      return copy ?? value;
    }
    return isObject(value) ? maskMap(value as JsonObject) : value;
  };

  const maskMap = (map: JsonObject): JsonObject => {
    const entries = Object.entries(map).map(([key, item]): [string, Json] => [text(key), json(item)]);
    const same = entries.every(([key, item]) => Object.hasOwn(map, key) && map[key] === item);
    return same ? map : Object.fromEntries(entries);
  };

  return {
    add: (value) => eachString(value, keep),
    text,
    json<T extends Json>(value: T): T {
      return compile() ? (json(value) as T) : value;
    },
    stream: (emit) => maskedStream(emit, text, compile, () => (compile() ? forms : [])),
  };
}

function eachString(value: unknown, visit: (text: string) => void): void {
  if (typeof value === "string") visit(value);
  else if (Array.isArray(value)) for (const item of value) eachString(item, visit);
  else if (isObject(value)) for (const item of Object.values(value)) eachString(item, visit);
}

function maskedStream(
  emit: (text: string) => void,
  mask: (text: string) => string,
  pattern: () => RegExp | undefined,
  forms: () => string[],
): TextStream {
  let held = "";
  return {
    write(chunk) {
      const buffer = held + chunk;
      const cut = outside(buffer, buffer.length - openEnd(buffer, forms()), pattern());
      held = buffer.slice(cut);
      const out = mask(buffer.slice(0, cut));
      if (out !== "") emit(out);
    },
    end() {
      if (held !== "") emit(mask(held));
      held = "";
    },
  };
}

/** A cut inside a complete secret moves behind it: what begins there would be masked with it. */
function outside(text: string, cut: number, pattern: RegExp | undefined): number {
  if (!pattern || cut >= text.length) return cut;
  for (const match of text.matchAll(pattern)) {
    const end = match.index + match[0].length;
    if (match.index < cut && cut < end) return end;
  }
  return cut;
}

/** Length of the longest end of `text` that begins a secret without completing it. */
function openEnd(text: string, forms: readonly string[]): number {
  let longest = 0;
  for (const form of forms) {
    for (let length = Math.min(form.length - 1, text.length); length > longest; length--) {
      if (text.endsWith(form.slice(0, length))) longest = length;
    }
  }
  return longest;
}

function escapePattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
}
