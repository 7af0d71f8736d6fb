import { type State, shownExecutions } from "../state/state.ts";
import { cell, type Line, line } from "./line.ts";
import { exactly, list } from "./list.ts";
import { type Look, markOf, textOf, took, when } from "./words.ts";

/** The newest first; wide terminals also show why something failed. */
export function executionsView(state: State, width: number, height: number, look: Look): Line[] {
  const { executions, now } = state;
  const rows = shownExecutions(state);
  const at = Math.max(
    0,
    rows.findIndex(({ id }) => id === executions.selected),
  );
  const idWidth = Math.min(19, Math.max(9, ...rows.map(({ id }) => id.length)));
  const rest = width - 2 - 13 - idWidth - 2 - 12 - 8;
  const errorWidth = rest > 60 ? Math.floor(rest * 0.55) : 0;
  const pathWidth = Math.max(10, rest - errorWidth - (errorWidth > 0 ? 2 : 0));
  const heading = `  ${cell("STATUS", 13)}${cell("PLAYBOOK", pathWidth)}  ${cell("STARTED", 10)}  ${cell("TOOK", 8)}${cell("EXECUTION", idWidth)}`;
  const body = list({
    rows,
    at,
    width,
    height: height - 2,
    draw(row) {
      const { mark, style } = markOf(row.status, look);
      const name = `${row.parent === null ? "" : look.ascii ? "`- " : "└ "}${row.path}${row.version === null ? "" : `@${row.version}`}`;
      const interrupted = row.status === "INTERRUPTED";
      return line(
        [cell(`${mark} ${row.status}`, 13), style],
        cell(name, pathWidth),
        [
          `  ${cell(when(row.startedAt, now), 10)}  ${cell(interrupted ? "" : took(row.startedAt, row.endedAt, now), 8)}`,
          { dim: true },
        ],
        cell(row.id, idWidth),
        ...(errorWidth > 0 && row.error !== null
          ? [[`  ${cell(row.error, errorWidth)}`, { color: "red" } as const] as const]
          : []),
      );
    },
  });
  return [
    line([heading, { dim: true }]),
    ...exactly(body.length > 0 ? body : [line(`  ${nothing(state)}`)], height - 2),
    countLine(state, rows.length),
  ];
}

function nothing({ executions: { rows, filter, status }, source }: State): string {
  if (!rows) return "looking …";
  if (rows.length > 0)
    return `none of ${textOf(rows.length, "execution")} is ${[status === "all" ? "" : status, filter === "" ? "" : `like '${filter}'`].filter((word) => word !== "").join(" and ")}`;
  return source.kind === "server"
    ? "no executions yet: p shows the playbooks, x runs one"
    : "no runs on this machine yet: p shows the playbooks of this folder, x runs one";
}

function countLine({ executions: { rows = [], filter, status } }: State, shown: number): Line {
  const parts = [
    shown === rows.length ? textOf(shown, "execution") : `${shown} of ${textOf(rows.length, "execution")}`,
    ...(status === "all" ? [] : [`only ${status}`]),
    ...(filter === "" ? [] : [`like '${filter}'`]),
  ];
  return line([`  ${parts.join(", ")}`, { dim: true }]);
}
