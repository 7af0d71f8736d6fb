import type { Summary } from "./chaos.ts";

/** For people; what is broken first. */
export function summaryText(summary: Summary, seed: string): string {
  const { kills, runs, children, calls, repeated, lost, acknowledged, shown, broken, seconds } = summary;
  const killed = Object.entries(kills).map(([kind, times]) => `${kind} ${times}`);
  return [
    ...broken.slice(0, 20),
    ...(broken.length > 20 ? [`… and ${broken.length - 20} more`] : []),
    `seed        ${seed}`,
    `kill -9     ${killed.join(", ")}`,
    `accepted    ${runs} runs and the ${children} they called: all have ended, unless it says otherwise above`,
    `tools       ${calls} calls begun, ${repeated} of them again after a kill; ${lost} commands lost their worker`,
    `events      ${acknowledged} acknowledged and ${shown} shown were looked for`,
    `promises    ${broken.length === 0 ? "all kept" : `${broken.length} BROKEN`}, ${seconds.toFixed(0)} s`,
  ].join("\n");
}
