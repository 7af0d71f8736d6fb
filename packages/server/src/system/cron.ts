import { NoetlError } from "@noetl/core";

/** A cron line of five fields: which minutes, hours, days of the month, months and weekdays (0 = Sunday). */
export interface Cron {
  minutes: ReadonlySet<number>;
  hours: ReadonlySet<number>;
  days: ReadonlySet<number>;
  months: ReadonlySet<number>;
  weekdays: ReadonlySet<number>;
  /** both are restricted: either of them is enough, as cron has always had it */
  eitherDay: boolean;
}

const SHORTHAND: { readonly [name: string]: string } = {
  "@yearly": "0 0 1 1 *",
  "@annually": "0 0 1 1 *",
  "@monthly": "0 0 1 * *",
  "@weekly": "0 0 * * 0",
  "@daily": "0 0 * * *",
  "@midnight": "0 0 * * *",
  "@hourly": "0 * * * *",
};
const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const WEEKDAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

/** Fields like 5, 1-5, 8-18/2, mon,wed, a star, a star with a step; or a word like @daily. Meaning `validation`. */
export function parseCron(line: string): Cron {
  const fields = (SHORTHAND[line.trim().toLowerCase()] ?? line).trim().split(/\s+/);
  const [minute, hour, day, month, weekday] = fields;
  if (fields.length !== 5 || !minute || !hour || !day || !month || !weekday) {
    throw wrong(line, "it needs five fields: minute hour day month weekday");
  }
  const weekdays = new Set([...values(weekday, 0, 7, WEEKDAYS, 0, line)].map((value) => value % 7));
  return {
    minutes: values(minute, 0, 59, [], 0, line),
    hours: values(hour, 0, 23, [], 0, line),
    days: values(day, 1, 31, [], 0, line),
    months: values(month, 1, 12, MONTHS, 1, line),
    weekdays,
    eitherDay: !day.startsWith("*") && !weekday.startsWith("*"),
  };
}

function values(
  field: string,
  least: number,
  most: number,
  names: readonly string[],
  base: number,
  line: string,
): Set<number> {
  const number = (text: string): number => {
    const named = names.indexOf(text.toLowerCase());
    const value = named >= 0 ? named + base : /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (!(value >= least && value <= most)) throw wrong(line, `'${text}' is not between ${least} and ${most}`);
    return value;
  };
  const found = new Set<number>();
  for (const part of field.split(",")) {
    const [range = "", stepText] = part.split("/");
    const step = stepText === undefined ? 1 : Number(stepText);
    if (!Number.isInteger(step) || step < 1) throw wrong(line, `'${stepText}' is no step`);
    const [from = "", to] = range.split("-");
    const first = range === "*" ? least : number(from);
    const last = range === "*" || (to === undefined && stepText !== undefined) ? most : number(to ?? from);
    if (first > last) throw wrong(line, `'${range}' runs backwards`);
    for (let value = first; value <= last; value += step) found.add(value);
  }
  return found;
}

function wrong(line: string, why: string): NoetlError {
  return new NoetlError("validation", "E_CRON", `'${line}' is not a cron line: ${why}`, {
    hint: "for example '*/5 * * * *' or '@daily'",
  });
}

const MINUTE = 60_000;
const HOUR = 3_600_000;
/** A date that comes at all comes within eight years (29 February). */
const HORIZON = 8 * 366 * 24 * HOUR;

/** First minute after `after` (ms since 1970) that fits, on the clock of the time zone; undefined = none. */
export function nextTime(cron: Cron, after: number, timezone: string): number | undefined {
  const local = clockOf(timezone);
  const end = after + HORIZON;
  let time = (Math.floor(after / MINUTE) + 1) * MINUTE;
  while (time < end) {
    const at = local(time);
    if (!cron.months.has(at.month) || !dayFits(cron, at)) {
      // To the end of the local day, hour by hour where clocks change.
      time += (60 - at.minute) * MINUTE + Math.max(0, 22 - at.hour) * HOUR;
      if (at.hour < 23) continue;
    } else if (!cron.hours.has(at.hour)) time += (60 - at.minute) * MINUTE;
    else if (!cron.minutes.has(at.minute)) time += MINUTE;
    else return time;
  }
  return undefined;
}

interface LocalTime {
  month: number;
  day: number;
  weekday: number;
  hour: number;
  minute: number;
}

function dayFits(cron: Cron, at: LocalTime): boolean {
  const day = cron.days.has(at.day);
  const weekday = cron.weekdays.has(at.weekday);
  return cron.eitherDay ? day || weekday : day && weekday;
}

function clockOf(timezone: string): (time: number) => LocalTime {
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat("en-US", {
      timeZone: timezone,
      hourCycle: "h23",
      month: "numeric",
      day: "numeric",
      weekday: "short",
      hour: "numeric",
      minute: "numeric",
    });
  } catch (error) {
    throw new NoetlError("validation", "E_TIMEZONE", `there is no time zone '${timezone}'`, { cause: error });
  }
  return (time) => {
    const parts = Object.fromEntries(format.formatToParts(time).map(({ type, value }) => [type, value]));
    return {
      month: Number(parts.month),
      day: Number(parts.day),
      weekday: WEEKDAYS.indexOf(String(parts.weekday).toLowerCase()),
      hour: Number(parts.hour),
      minute: Number(parts.minute),
    };
  };
}
