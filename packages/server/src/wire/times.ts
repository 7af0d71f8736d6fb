/** RFC 3339 with milliseconds and `Z` (server-api §1.2). */
export function timeOf(ms: number): string;
export function timeOf(ms: number | null | undefined): string | null;
export function timeOf(ms: number | null | undefined): string | null {
  return ms === null || ms === undefined ? null : new Date(ms).toISOString();
}

/** `1m 5s`; below a minute `5s`. */
export function humanDuration(seconds: number): string {
  const whole = Math.floor(seconds);
  const [days, hours, minutes] = [
    Math.floor(whole / 86_400),
    Math.floor(whole / 3_600) % 24,
    Math.floor(whole / 60) % 60,
  ];
  const parts = [days > 0 ? `${days}d` : "", hours > 0 ? `${hours}h` : "", minutes > 0 ? `${minutes}m` : ""];
  return [...parts, `${whole % 60}s`].filter((part) => part !== "").join(" ");
}

export function durations(startedAt: number, endedAt: number | null, now: number) {
  const seconds = Math.max(0, (endedAt ?? now) - startedAt) / 1_000;
  return {
    start_time: timeOf(startedAt),
    end_time: timeOf(endedAt),
    duration_seconds: seconds,
    duration_human: humanDuration(seconds),
  };
}
