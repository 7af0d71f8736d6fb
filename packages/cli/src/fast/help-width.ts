/** Help is drawn as wide as one of these, so that a build can draw all of it beforehand. */
export const HELP_WIDTHS = [100, 80] as const;
export type HelpWidth = (typeof HELP_WIDTHS)[number];

/** The widest that fits the terminal, 100 without one. A narrower terminal has its own width. */
export function helpWidth(columns: number | undefined): number {
  return HELP_WIDTHS.find((width) => width <= (columns ?? 100)) ?? columns ?? 100;
}

export function isDrawn(width: number): width is HelpWidth {
  return HELP_WIDTHS.some((drawn) => drawn === width);
}
