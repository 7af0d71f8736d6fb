import { type State, shownPlaybooks } from "../state/state.ts";
import { cell, type Line, line } from "./line.ts";
import { exactly, list } from "./list.ts";
import { textOf, when } from "./words.ts";

/** The catalog of the server, or the playbooks of this folder. */
export function playbooksView(state: State, width: number, height: number): Line[] {
  const { playbooks, now, source } = state;
  const rows = shownPlaybooks(state);
  const at = Math.max(
    0,
    rows.findIndex(({ path }) => path === playbooks.selected),
  );
  const name = Math.max(20, Math.min(width - 24, Math.max(0, ...rows.map(({ path }) => path.length)) + 2));
  const server = source.kind === "server";
  const heading = `  ${cell("PLAYBOOK", name)}${server ? cell("VERSION", 9) : ""}${server ? "REGISTERED" : "CHANGED"}`;
  const body = list({
    rows,
    at,
    width,
    height: height - 2,
    draw: ({ path, version, changedAt }) =>
      line(cell(path, name), server ? cell(version ?? "", 9) : "", [when(changedAt, now), { dim: true }]),
  });
  const none = playbooks.rows
    ? playbooks.filter === ""
      ? noneText(server)
      : `none is like '${playbooks.filter}'`
    : "looking …";
  const filter = playbooks.filter === "" ? "" : `, like '${playbooks.filter}'`;
  return [
    line([heading, { dim: true }]),
    ...exactly(body.length > 0 ? body : [line(`  ${none}`)], height - 2),
    line([`  ${textOf(rows.length, "playbook")}${filter}`, { dim: true }]),
  ];
}

function noneText(server: boolean): string {
  return server
    ? "the catalog is empty: noetl register playbook FILE adds one"
    : "there is no playbook in this folder or below it";
}
