import { COMPARED } from "./compared.ts";
import { type Figure, verdict } from "./figure.ts";
import type { Machine } from "./machine.ts";

export interface Report {
  schema: "noetl.bench/1";
  taken_at: string;
  machine: Machine;
  figures: Figure[];
  notes: string[];
}

/** Load of a core beyond which absolute times mean little. */
const BUSY = 0.5;

const HEAD = ["what", "median", "spread", "budget", "control", "median", "ratio", "limit", "cpu", ""];

function cells(figure: Figure): string[] {
  const { name, unit, value, spread, budget, control, ratio, limit, cpu } = figure;
  return [
    name,
    figure.missing === undefined ? `${short(value)} ${unit}` : "-",
    spread === undefined ? "" : `±${short(spread / 2)}`,
    budget === undefined ? "" : `${unit === "/s" ? "≥" : "≤"} ${budget} ${unit}`,
    control?.name ?? "",
    control === undefined ? "" : short(control.value),
    ratio === undefined ? "" : `${short(ratio)}×`,
    limit === undefined ? "" : `${unit === "/s" ? "≥" : "≤"} ${limit}×`,
    cpu === undefined ? "" : `${short(cpu)} ms`,
    figure.missing ?? verdict(figure),
  ];
}

/** Three digits that matter. */
export function short(value: number): string {
  if (!Number.isFinite(value)) return "-";
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.max(Math.abs(value), 0.001))));
  return value.toFixed(Math.min(3, digits));
}

export function toText(figures: readonly Figure[]): string {
  const rows = [HEAD, ...figures.map(cells)];
  const widths = HEAD.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, column) =>
          column === 0 || column === 4 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
        )
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

export function toMarkdown({ machine, figures, notes, taken_at }: Report): string {
  const row = (items: readonly string[]) => `| ${items.map((item) => item.replaceAll("|", "\\|")).join(" | ")} |`;
  return `# Benchmarks

Written by \`npm run bench -- --write\` on ${taken_at.slice(0, 10)}. Do not edit by hand.

Each figure is the median of several rounds. Every round also measures a control, a program that does the least that
could be done; \`ratio\` is the median of figure ÷ control over the rounds. Ratios can be compared between machines and
CI fails on them (\`limit\`); absolute times cannot, and \`budget\` holds on a machine with nothing else to do. \`cpu\` is the
processor time of the whole process, which a busy machine changes little.

## Machine

| | |
|---|---|
${Object.entries(machine)
  .map(([name, value]) => row([name.replace("_gb", ", GB"), String(value)]))
  .join("\n")}

${machine.load > BUSY ? `**The machine was busy with other work (load ${machine.load} a core): times are several times too long.**\n\n` : ""}## Figures

${row(HEAD)}
|${HEAD.map((_, column) => (column === 0 || column === 4 ? "---" : "---:")).join("|")}|
${figures.map((figure) => row(cells(figure))).join("\n")}
${notes.length > 0 ? `\n${notes.map((note) => `- ${note}`).join("\n")}\n` : ""}
${COMPARED}
## Again

\`\`\`
npm run bench                      # the table
npm run bench -- local-run fold    # some parts of it
npm run bench -- --json FILE       # figures for machines
npm run bench -- --check           # exit code 1 when a ratio is over its limit
npm run bench -- peers --peers     # the other durable runtimes, installed outside the repository
\`\`\`
`;
}
