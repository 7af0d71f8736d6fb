import { NoetlError } from "./errors.ts";

const UNITS: Record<string, number> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/** Milliseconds of `250ms`, `30s`, `5m`, `1h`; a bare number is seconds (decision 35). */
export function parseDuration(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(text.trim());
  if (!match) {
    throw new NoetlError("validation", "E_DURATION", `'${text}' is not a duration`, {
      hint: "use 250ms, 30s, 5m or 1h; a bare number is seconds",
    });
  }
  return Number(match[1]) * (UNITS[match[2] ?? "s"] ?? 1_000);
}

/** `1.2s`, `250ms`, `3m12s`: short text for people. */
export function formatDuration(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)}ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(ms < 10_000 ? 1 : 0)}s`;
  const seconds = Math.round(ms / 1_000);
  return seconds < 3_600
    ? `${Math.floor(seconds / 60)}m${seconds % 60}s`
    : `${Math.floor(seconds / 3_600)}h${Math.floor((seconds % 3_600) / 60)}m`;
}
