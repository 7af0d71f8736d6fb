import { isOver, type State } from "./state.ts";

/** What has to go on while the state is as it is; the same key means the same work. */
export type Watch =
  | { key: string; watch: "executions" }
  | { key: string; watch: "execution"; id: string }
  | { key: string; watch: "playbooks" }
  | { key: string; watch: "playbook"; path: string; version: string | null }
  | { key: string; watch: "workers" }
  | { key: string; watch: "beat"; everyMs: number }
  | { key: string; watch: "clock" };

/** Beats a second at most: a faster replay takes several events a beat. */
export const MAX_BEATS = 10;

export function watchesOf(state: State): Watch[] {
  const watches: Watch[] = [];
  const { execution, playbook } = state;
  switch (state.screen) {
    case "executions":
      watches.push({ key: "executions", watch: "executions" });
      break;
    case "execution":
      if (execution) watches.push({ key: `execution ${execution.id}`, watch: "execution", id: execution.id });
      break;
    case "playbooks":
      watches.push({ key: "playbooks", watch: "playbooks" });
      break;
    case "playbook":
      if (playbook) {
        const { path, version } = playbook;
        watches.push({ key: `playbook ${path}@${version ?? ""}`, watch: "playbook", path, version });
      }
      break;
    case "workers":
      watches.push({ key: "workers", watch: "workers" });
      break;
  }
  const replay = state.screen === "execution" ? execution?.replay : undefined;
  if (replay?.playing) {
    const everyMs = 1_000 / Math.min(MAX_BEATS, replay.speed);
    watches.push({ key: `beat ${everyMs}`, watch: "beat", everyMs });
  }
  if (needsClock(state)) watches.push({ key: "clock", watch: "clock" });
  return watches;
}

/** Times that pass on the screen, notices that go away. */
function needsClock(state: State): boolean {
  if (state.notice || state.link.state === "lost") return true;
  if (state.screen === "executions") return (state.executions.rows ?? []).some(({ status }) => !isOver(status));
  if (state.screen === "execution") return !state.execution?.replay && !isOver(state.execution?.picture?.status ?? "");
  return state.screen === "workers";
}
