const TEXT = /^(\d{4,6})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)(\.\d+)?(?:([+-])(\d\d)(?::(\d\d))?(?::(\d\d))?)?$/;

/** `2024-01-31 10:00:00.5` → `2024-01-31T10:00:00.5`. Infinity and years BC stay as PostgreSQL prints them. */
export function isoTimestamp(text: string): string {
  return TEXT.test(text) ? text.replace(" ", "T") : text;
}

/** `2024-01-31 12:00:00.000001+02` → `2024-01-31T10:00:00.000001+00:00`: always UTC, whatever the session's zone is. */
export function isoTimestampUtc(text: string): string {
  const match = TEXT.exec(text);
  if (match === null) return text;
  const [
    ,
    year,
    month,
    day,
    hour,
    minute,
    second,
    fraction = "",
    sign,
    offsetHours,
    offsetMinutes = "0",
    offsetSeconds = "0",
  ] = match;
  const offset = (Number(offsetHours ?? 0) * 3_600 + Number(offsetMinutes) * 60 + Number(offsetSeconds)) * 1_000;
  const local = new Date(0);
  local.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  local.setUTCHours(Number(hour), Number(minute), Number(second));
  const utc = new Date(local.getTime() - (sign === "-" ? -offset : offset)).toISOString();
  const [date = "", time = ""] = utc.split("T");
  return `${date.replace(/^\+0*(?=\d{5})/, "")}T${time.slice(0, 8)}${fraction}+00:00`;
}
