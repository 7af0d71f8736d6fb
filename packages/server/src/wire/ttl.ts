import { NoetlError } from "@noetl/core";

const UNITS: { readonly [unit: string]: number } = { "": 1, s: 1, m: 60, h: 3_600, d: 86_400, w: 604_800 };

/** `30m`, `1h`, `1d`, a number of seconds; `forever` and nothing = no end. Meaning `validation`. */
export function seconds(ttl: string | number | null | undefined): number | undefined {
  if (ttl === null || ttl === undefined || ttl === "" || ttl === "forever") return undefined;
  const [, digits, unit] = /^(\d+(?:\.\d+)?)\s*([smhdw]?)$/.exec(String(ttl).trim()) ?? [];
  if (digits === undefined)
    throw new NoetlError("validation", "BAD_REQUEST", `'${ttl}' is no time to live; write 30m, 1h, 1d`);
  return Number(digits) * (UNITS[unit ?? ""] ?? 1);
}
