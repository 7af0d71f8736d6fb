import { NoetlError } from "@noetl/core";

export type Environment = { readonly [name: string]: string | undefined };

/** Reads settings and says which variable is wrong: nothing falls back in silence. All reject with meaning `validation`. */
export interface Reader {
  /** first of the names that is set and not empty */
  text(...names: string[]): string | undefined;
  /** seconds → ms; `zero`: 0 is a value */
  seconds(names: string | readonly string[], fallbackMs: number, options?: { zero?: boolean }): number;
  whole(names: string | readonly string[], fallback: number, options?: { least?: number; most?: number }): number;
  /** off when it is not set */
  flag(name: string): boolean;
  list(name: string): string[] | undefined;
  url(name: string, fallback: string): string;
}

export function reader(env: Environment): Reader {
  const find = (names: readonly string[]): { name: string; text: string } | undefined => {
    for (const name of names) {
      const text = env[name]?.trim();
      if (text) return { name, text };
    }
    return undefined;
  };
  const many = (names: string | readonly string[]) => (typeof names === "string" ? [names] : names);

  return {
    text: (...names) => find(names)?.text,
    seconds(names, fallbackMs, { zero = false } = {}) {
      const found = find(many(names));
      if (!found) return fallbackMs;
      const value = Number(found.text);
      if (!Number.isFinite(value) || value < 0 || (value === 0 && !zero)) {
        throw wrong(found.name, `'${found.text}' is not a number of seconds${zero ? "" : " above 0"}`);
      }
      return Math.round(value * 1_000);
    },
    whole(names, fallback, { least = 1, most = Number.MAX_SAFE_INTEGER } = {}) {
      const found = find(many(names));
      if (!found) return fallback;
      const value = Number(found.text);
      if (!Number.isInteger(value) || value < least || value > most) {
        const upTo = most === Number.MAX_SAFE_INTEGER ? "" : ` and at most ${most}`;
        throw wrong(found.name, `'${found.text}' is not a whole number of at least ${least}${upTo}`);
      }
      return value;
    },
    flag(name) {
      const text = find([name])?.text;
      if (text === undefined || /^(0|false|no|off)$/i.test(text)) return false;
      if (/^(1|true|yes|on)$/i.test(text)) return true;
      throw wrong(name, `'${text}' is neither true nor false`);
    },
    list(name) {
      const found = find([name]);
      const items = found?.text.split(",").flatMap((item) => item.trim() || []);
      if (items?.length === 0) throw wrong(name, "it names nothing");
      return items;
    },
    url(name, fallback) {
      const text = find([name])?.text ?? fallback;
      if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol)) {
        throw wrong(name, "it is not an http or https address", "for example http://localhost:8082");
      }
      return text.replace(/\/+$/, "").replace(/\/api$/, "");
    },
  };
}

export function wrong(name: string, message: string, hint?: string): NoetlError {
  return new NoetlError("validation", "E_CONFIG", `${name}: ${message}`, hint === undefined ? {} : { hint });
}
