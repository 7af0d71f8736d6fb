import { clockTime } from "@noetl/sdk";
import { masker } from "../../source/mask.ts";
import { type LogTone, logLines } from "../../state/log-lines.ts";
import { type ExecutionState, shownEvents } from "../../state/state.ts";
import { type Line, line, type Style } from "../line.ts";
import { exactly, list } from "../list.ts";

const STYLES: Record<LogTone, Style | undefined> = {
  ok: { color: "green" },
  bad: { color: "red" },
  warn: { color: "yellow" },
  dim: { dim: true },
  plain: undefined,
  out: undefined,
  err: { color: "magenta" },
};

/** What happened in words, with what the tools wrote. */
export function logsView(execution: ExecutionState, width: number, height: number, ascii: boolean): Line[] {
  const lines = logLines(shownEvents(execution));
  const mask = masker(execution.detail?.workload ?? {});
  const name = Math.min(24, Math.max(6, ...lines.slice(-2_000).map(({ step }) => step.length)));
  const rows = list({
    rows: lines,
    at: Math.min(execution.cursor.logs ?? lines.length - 1, lines.length - 1),
    width,
    height,
    draw({ ts, step, tone, text }) {
      const bar = tone === "out" || tone === "err" ? (ascii ? "|" : "│") : " ";
      return line(
        [ts === null ? "" : clockTime(ts), { dim: true }],
        `  ${step.padEnd(name)} `,
        [`${bar} `, { dim: true }],
        [String(mask(text)), STYLES[tone]],
      );
    },
  });
  return exactly(rows.length > 0 ? rows : [line("  nothing happened yet")], height);
}
