import { formatDuration } from "@noetl/core";
import type { WorkerRow } from "../source/port.ts";
import type { State } from "../state/state.ts";
import { blank, cell, type Line, line } from "./line.ts";
import { scrolled } from "./list.ts";
import { textOf } from "./words.ts";

/** Who does the work and what waits for them; on this machine the processes that drive runs. */
export function workersView(state: State, width: number, height: number): Line[] {
  const { workers, now, source } = state;
  const { force } = workers;
  if (!force) return scrolled([line("  looking …")], 0, height);
  const rows = source.kind === "server" ? serverRows(force.workers, width, now) : localRows(force.workers, width, now);
  const { queues } = force;
  const lines = [...rows, blank];
  if (queues && queues.length > 0) {
    lines.push(line([`  ${cell("QUEUE", 26)}${cell("WAITING", 10)}RUNNING`, { dim: true }]));
    for (const { pool, waiting, running } of queues) {
      lines.push(
        line(
          `  ${cell(pool, 26)}`,
          [cell(String(waiting), 10), waiting > 0 ? { color: "yellow" } : undefined],
          String(running),
        ),
      );
    }
  } else if (source.kind === "server") {
    lines.push(
      line([`  ${queues ? "nothing waits for a worker" : "this server does not tell its queues"}`, { dim: true }]),
    );
  }
  return scrolled(lines, workers.scroll, height);
}

/** Of a column: what its texts need, within limits. */
function widest(
  workers: readonly WorkerRow[],
  textOfRow: (row: WorkerRow) => string,
  least: number,
  most: number,
): number {
  return Math.min(most, Math.max(least, ...workers.map((row) => textOfRow(row).length + 2)));
}

function serverRows(workers: readonly WorkerRow[], width: number, now: number): Line[] {
  const wide = width >= 100;
  const name = widest(workers, ({ name: text }) => text, 17, wide ? 40 : 22);
  const pool = widest(workers, ({ pool: text }) => text ?? "", 8, wide ? 24 : 12);
  const heading = line([
    `  ${cell("WORKER", name)}${cell("STATE", 10)}${cell("POOL", pool)}${cell("SLOTS", 7)}${cell("SEEN", 10)}HOST`,
    { dim: true },
  ]);
  const rows = workers.map((row) => {
    const { status, capacity, heartbeatAt, host, pid } = row;
    const ready = /^(ready|active|running)$/.test(status);
    return line(
      `  ${cell(row.name, name - 1)} `,
      [cell(status, 10), { color: ready ? "green" : "yellow" }],
      cell(row.pool ?? "", pool),
      cell(capacity === null ? "" : String(capacity), 7),
      [cell(heartbeatAt === null ? "" : `${formatDuration(Math.max(0, now - heartbeatAt))} ago`, 10), { dim: true }],
      [`${host ?? ""}${pid === null ? "" : ` pid ${pid}`}`, { dim: true }],
    );
  });
  return [
    heading,
    ...(rows.length > 0 ? rows : [line("  no worker is registered: noetl worker start")]),
    line([`  ${textOf(rows.length, "worker")}`, { dim: true }]),
  ];
}

function localRows(workers: readonly WorkerRow[], width: number, now: number): Line[] {
  const name = widest(workers, ({ name: text }) => text, 20, width - 40);
  const heading = line([`  ${cell("RUN OF", name)}${cell("PROCESS", 10)}${cell("STATE", 12)}FOR`, { dim: true }]);
  const rows = workers.map((row) =>
    line(
      `  ${cell(row.name, name)}${cell(row.pid === null ? "" : String(row.pid), 10)}`,
      [cell(row.status, 12), { color: "cyan" }],
      [row.heartbeatAt === null ? "" : formatDuration(Math.max(0, now - row.heartbeatAt)), { dim: true }],
    ),
  );
  return [
    heading,
    ...(rows.length > 0 ? rows : [line("  nothing runs on this machine")]),
    blank,
    line(["  runs of this machine need no workers", { dim: true }]),
  ];
}
