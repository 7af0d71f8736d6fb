import type { At } from "../error.ts";
import { fail } from "../error.ts";

const two = (value: number) => String(value).padStart(2, "0");

const DAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const MONTHS = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
];

const FIELDS: { readonly [letter: string]: (date: Date) => string } = {
  Y: (date) => String(date.getUTCFullYear()),
  y: (date) => two(date.getUTCFullYear() % 100),
  m: (date) => two(date.getUTCMonth() + 1),
  d: (date) => two(date.getUTCDate()),
  H: (date) => two(date.getUTCHours()),
  I: (date) => two(date.getUTCHours() % 12 || 12),
  M: (date) => two(date.getUTCMinutes()),
  S: (date) => two(date.getUTCSeconds()),
  f: (date) => String(date.getUTCMilliseconds()).padStart(3, "0").padEnd(6, "0"),
  p: (date) => (date.getUTCHours() < 12 ? "AM" : "PM"),
  z: () => "+0000",
  Z: () => "UTC",
  j: (date) =>
    String(Math.floor((date.getTime() - Date.UTC(date.getUTCFullYear(), 0, 1)) / 86_400_000) + 1).padStart(3, "0"),
  a: (date) => (DAYS[date.getUTCDay()] ?? "").slice(0, 3),
  A: (date) => DAYS[date.getUTCDay()] ?? "",
  b: (date) => (MONTHS[date.getUTCMonth()] ?? "").slice(0, 3),
  B: (date) => MONTHS[date.getUTCMonth()] ?? "",
  s: (date) => String(Math.floor(date.getTime() / 1_000)),
  F: (date) => date.toISOString().slice(0, 10),
  T: (date) => date.toISOString().slice(11, 19),
  "%": () => "%",
};

/** `now('%Y-%m-%d')`: the strftime fields of DSL §8.7 and the usual others, in UTC. */
export function formatTime(ms: number, format: string, at: At): string {
  const date = new Date(ms);
  return format.replace(/%(.?)/gs, (whole, letter: string) => {
    const field = Object.hasOwn(FIELDS, letter) ? FIELDS[letter] : undefined;
    return field ? field(date) : fail(at, "E_TPL_VALUE", `unknown time field '${whole}'`);
  });
}
