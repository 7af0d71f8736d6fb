import { formatDuration } from "@noetl/core";
import type { WorkerRow } from "../source/port.ts";
import type { State } from "../state/state.ts";
import { blank, cell, type Line, line } from "./line.ts";
import { scrolled } from "./list.ts";
import { textOf } from "./words.ts";

/** Who does the work and what waits for them; on this machine the processes that drive runs. */
export function workersView(state: State, height: number): Line[] {
  const { workers, now, source } = state;
  const { force } = workers;
  if (!force) return scrolled([line("  looking …")], 0, height);
  const rows = source.kind === "server" ? serverRows(force.workers, now) : localRows(force.workers, now);
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

function serverRows(workers: readonly WorkerRow[], now: number): Line[] {
  const heading = line([
    `  ${cell("WORKER", 34)}${cell("STATE", 10)}${cell("POOL", 16)}${cell("SLOTS", 7)}${cell("SEEN", 10)}HOST`,
    { dim: true },
  ]);
  const rows = workers.map(({ name, status, pool, capacity, heartbeatAt, host, pid }) => {
    const ready = /^(ready|active|running)$/.test(status);
    return line(
      `  ${cell(name, 33)} `,
      [cell(status, 10), { color: ready ? "green" : "yellow" }],
      cell(pool ?? "", 16),
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

function localRows(workers: readonly WorkerRow[], now: number): Line[] {
  const heading = line([`  ${cell("RUN OF", 44)}${cell("PROCESS", 10)}${cell("STATE", 12)}FOR`, { dim: true }]);
  const rows = workers.map(({ name, pid, status, heartbeatAt }) =>
    line(
      `  ${cell(name, 44)}${cell(pid === null ? "" : String(pid), 10)}`,
      [cell(status, 12), { color: "cyan" }],
      [heartbeatAt === null ? "" : formatDuration(Math.max(0, now - heartbeatAt)), { dim: true }],
    ),
  );
  return [
    heading,
    ...(rows.length > 0 ? rows : [line("  nothing runs on this machine")]),
    blank,
    line(["  runs of this machine need no workers", { dim: true }]),
  ];
}
