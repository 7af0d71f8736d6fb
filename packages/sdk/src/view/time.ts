/** `2026-04-01 09:30` in the zone of this machine. */
export function shortTime(ms: number): string {
  return longTime(ms).slice(0, 16);
}

/** `2026-04-01 09:30:12` in the zone of this machine. */
export function longTime(ms: number): string {
  const date = new Date(ms);
  const two = (number: number) => String(number).padStart(2, "0");
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

/** `09:30:12.045` in the zone of this machine. */
export function clockTime(ms: number): string {
  return `${longTime(ms).slice(11)}.${String(new Date(ms).getMilliseconds()).padStart(3, "0")}`;
}
